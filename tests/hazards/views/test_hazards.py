"""The pages of one hazard, browser to database."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from hazards.models import HazardStatement, MajorHazard, SelfInspectionReport
from hazards.services import registrations
from tests.database.stages import stage
from tests.factories import signed_in
from tests.factories_reports import Desks, make_hazard, open_version
from tests.hazards.views.walking import a_moment, last_quarter, page, words

QUIETLY = {"X-Autosave": "1"}
CLAUSE = "order-10-2023/3(1)"


@stage
def stated(seats: Desks, draft: SelfInspectionReport) -> HazardStatement:
    """A hazard described in the draft."""
    return make_hazard(draft, seats, at=a_moment())


def url(stated: HazardStatement, name: str = "report-hazard") -> str:
    return reverse(
        name, args=[stated.version.report.public_id, stated.hazard.public_id]
    )


def new_url(report: SelfInspectionReport) -> str:
    return reverse("report-hazard-new", args=[report.public_id])


def typed(seats: Desks, **changes: Any) -> dict[str, Any]:
    """What a browser sends from the first page."""
    return {
        "revision": "",
        "found_on": last_quarter().starts_on.isoformat(),
        "found_time": "09:30",
        "words": "",
        "clause": CLAUSE,
        "site": str(seats.site.public_id),
        "place": "Furnace 2",
        "description": "No <agreement>",
        "causes": "",
        "harm": "",
        "difficulty": "",
        **changes,
    }


class TestDescribing:
    def test_starts_from_the_last_visit_s_day_the_only_site_and_the_clause_asked_for(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).get(new_url(draft), {"clause": CLAUSE})

        form = response.context["form"]
        visit = open_version(draft).listed.get().inspection
        assert form["found_on"].value() == visit.ended_on
        assert form["site"].value() == str(seats.site.public_id)
        assert form["clause"].value() == CLAUSE

    def test_stores_a_draft_that_is_on_no_record_and_goes_to_the_plan(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            new_url(draft), typed(seats, next="1"), follow=True
        )

        stated = open_version(draft).stated.get()
        assert (stated.clause, stated.place) == (CLAUSE, "Furnace 2")
        assert stated.site == seats.site
        assert timezone.localtime(stated.hazard.found_at).strftime("%H:%M") == "09:30"
        assert stated.hazard.registered_at is None
        assert response.redirect_chain[-1][0] == url(stated, "report-hazard-plan")
        assert "not on record yet" in words(response)

    # S9
    def test_the_same_form_sent_twice_begins_one_hazard(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        client = signed_in(seats.clerk)
        key = client.get(new_url(draft)).context["form"]["key"].value()
        for _ in range(2):
            client.post(new_url(draft), typed(seats, key=str(key)))
        assert MajorHazard.objects.count() == 1

        other = client.post(
            new_url(draft), typed(seats, key=str(key), place="Furnace 9")
        )

        assert other.status_code == 422
        assert "Nothing was overwritten" in words(other)
        assert "Furnace 9" in page(other)
        assert open_version(draft).stated.get().place == "Furnace 2"

    def test_without_a_time_nothing_is_stored_and_all_is_kept(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            new_url(draft), typed(seats, found_time="")
        )

        assert response.status_code == 422
        assert "Say at what time" in words(response)
        assert "Furnace 2" in page(response)
        assert not MajorHazard.objects.exists()

    def test_what_is_found_tomorrow_is_refused_beside_what_was_typed(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            new_url(draft), typed(seats, found_on="2099-01-01")
        )

        assert response.status_code == 422
        assert "later than now" in words(response)
        assert "Furnace 2" in page(response)

    def test_the_list_narrows_to_the_words_and_stores_nothing(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            new_url(draft), typed(seats, words="钢水", find="1", found_time="")
        )

        groups = response.context["form"].fields["clause"].widget.choices
        codes = [code for _, group in groups[1:] for code, _label in group]
        assert CLAUSE in codes  # what is chosen stays
        assert 1 < len(codes) < 15
        assert "Furnace 2" in page(response)
        assert not MajorHazard.objects.exists()

    def test_what_applies_to_the_enterprise_stands_first(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).get(new_url(draft))

        headings = [
            heading
            for heading, _group in response.context["form"].fields["clause"].choices
        ]
        mine = [heading for heading in headings if heading.startswith("Applies to you")]
        assert headings[1 : len(mine) + 1] == mine
        assert 0 < len(mine) < len(headings) - 1


class TestChanging:
    def test_each_page_keeps_the_other_s_values(
        self, seats: Desks, stated: HazardStatement
    ) -> None:
        client = signed_in(seats.clerk)
        client.post(
            url(stated, "report-hazard-plan"),
            {"revision": "1", "plan_goals": "Goals", "funds_planned": "1.5"},
        )
        client.post(url(stated), typed(seats, revision="2", place="Furnace 3"))

        stated.refresh_from_db()
        assert (stated.place, stated.plan_goals) == ("Furnace 3", "Goals")
        assert stated.revision == 3

    def test_the_plan_leads_back_to_the_report(
        self, seats: Desks, stated: HazardStatement
    ) -> None:
        response = signed_in(seats.clerk).post(
            url(stated, "report-hazard-plan"), {"revision": "1", "next": "1"}
        )
        report = stated.version.report
        assert response["Location"] == reverse("report-edit", args=[report.public_id])

    def test_saves_itself_and_says_when(
        self, seats: Desks, stated: HazardStatement
    ) -> None:
        answer = signed_in(seats.clerk).post(
            url(stated), typed(seats, revision="1"), headers=QUIETLY
        )
        assert answer.json()["revision"] == 2

    def test_says_quietly_what_is_wrong(
        self, seats: Desks, stated: HazardStatement
    ) -> None:
        answer = signed_in(seats.clerk).post(
            url(stated, "report-hazard-plan"),
            {"revision": "1", "funds_planned": "-1"},
            headers=QUIETLY,
        )
        assert answer.status_code == 422
        assert "greater than or equal to 0" in answer.json()["message"]

    # S9
    @pytest.mark.parametrize("name", ["report-hazard", "report-hazard-plan"])
    def test_a_stale_save_shows_both_texts_and_keeps_what_was_typed(
        self, seats: Desks, stated: HazardStatement, name: str
    ) -> None:
        field = "causes" if name == "report-hazard" else "plan_goals"
        theirs = {**typed(seats, revision="1"), field: "Their text"}
        signed_in(seats.leader).post(url(stated, name), theirs)
        client = signed_in(seats.clerk)

        response = client.post(url(stated, name), {**theirs, field: "My text"})

        assert response.status_code == 409
        said = words(response)
        assert "Their text" in said
        assert "My text" in said
        assert "Nothing was overwritten" in said
        stated.refresh_from_db()
        assert getattr(stated, field) == "Their text"
        again = response.context["form"]["revision"].value()
        client.post(url(stated, name), {**theirs, "revision": again, field: "My text"})
        stated.refresh_from_db()
        assert getattr(stated, field) == "My text"

    def test_a_stale_save_by_itself_says_so_and_ends(
        self, seats: Desks, stated: HazardStatement
    ) -> None:
        client = signed_in(seats.clerk)
        client.post(url(stated), typed(seats, revision="1"))
        answer = client.post(
            url(stated), typed(seats, revision="1", harm="x"), headers=QUIETLY
        )
        assert answer.status_code == 409
        assert "Nothing was overwritten" in answer.json()["message"]

    def test_when_it_was_found_is_fixed_once_it_is_registered(
        self, seats: Desks, stated: HazardStatement
    ) -> None:
        client = signed_in(seats.clerk)
        client.post(url(stated, "report-hazard-register"))
        found_at = stated.hazard.found_at

        response = client.post(
            url(stated), typed(seats, revision="1", found_time="23:00"), follow=True
        )

        stated.hazard.refresh_from_db()
        assert stated.hazard.found_at == found_at
        assert 'name="found_on"' in page(response)
        assert "disabled" in page(response)


class TestRecord:
    def test_registering_puts_it_on_record_and_shows_when(
        self, seats: Desks, stated: HazardStatement
    ) -> None:
        response = signed_in(seats.clerk).post(
            url(stated, "report-hazard-register"), follow=True
        )

        stated.hazard.refresh_from_db()
        assert stated.hazard.registered_by == seats.clerk.membership
        said = words(response)
        assert f"{stated.hazard.number} is on record now" in said
        assert f"was registered {_shown(stated.hazard)}" in said

    def test_a_member_registers_what_colleagues_described(
        self, seats: Desks, stated: HazardStatement
    ) -> None:
        response = signed_in(seats.member).post(
            url(stated, "report-hazard-register"), follow=True
        )
        assert response.status_code == 200
        stated.hazard.refresh_from_db()
        assert stated.hazard.registered_by == seats.member.membership

    def test_a_member_finds_the_button_on_the_report(
        self, seats: Desks, stated: HazardStatement, draft: SelfInspectionReport
    ) -> None:
        page = reverse("report", args=[draft.public_id])
        button = url(stated, "report-hazard-register")
        member = signed_in(seats.member)
        assert button in member.get(page).content.decode()
        assert button not in signed_in(seats.clerk).get(page).content.decode()
        member.post(button)
        assert button not in member.get(page).content.decode()

    def test_what_is_incomplete_is_not_registered(
        self, seats: Desks, stated: HazardStatement
    ) -> None:
        client = signed_in(seats.clerk)
        client.post(url(stated), typed(seats, revision="1", place=""))
        response = client.post(url(stated, "report-hazard-register"))
        assert response.status_code == 409
        assert "where exactly" in words(response)

    def test_leaving_out_a_draft_deletes_it(
        self, seats: Desks, stated: HazardStatement, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            url(stated, "report-hazard-leave-out"), follow=True
        )
        assert "The draft of this hazard is gone." in words(response)
        assert not MajorHazard.objects.exists()

    def test_leaving_out_what_is_registered_keeps_it_on_record(
        self, seats: Desks, stated: HazardStatement, draft: SelfInspectionReport
    ) -> None:
        registrations.register(
            report_id=draft.pk,
            hazard_id=stated.hazard_id,
            by=seats.clerk,
            at=timezone.now(),
        )
        client = signed_in(seats.clerk)
        assert "It stays on record" in words(client.get(url(stated)))
        response = client.post(url(stated, "report-hazard-leave-out"), follow=True)
        assert "stays on record" in words(response)
        assert MajorHazard.objects.get() == stated.hazard
        assert not open_version(draft).stated.exists()
        assert client.get(url(stated)).status_code == 404


class TestTheReport:
    def test_names_its_hazards_and_offers_no_nothing_found_beside_them(
        self, seats: Desks, stated: HazardStatement, draft: SelfInspectionReport
    ) -> None:
        client = signed_in(seats.clerk)
        response = client.get(reverse("report-edit", args=[draft.public_id]))

        assert stated.hazard.number in words(response)
        assert "nothing_found" not in response.context["form"].fields
        assert "draft, not on record" in words(response)
        assert url(stated, "report-hazard-plan") in page(response)

    def test_saving_it_does_not_unsay_that_something_was_found(
        self, seats: Desks, stated: HazardStatement, draft: SelfInspectionReport
    ) -> None:
        version = open_version(draft)
        signed_in(seats.clerk).post(
            reverse("report-edit", args=[draft.public_id]),
            {"revision": version.revision, "nothing_found": "on", "scope": "x"},
        )
        assert open_version(draft).nothing_found is False


def _shown(hazard: MajorHazard) -> str:
    assert hazard.registered_at is not None
    local = timezone.localtime(hazard.registered_at)
    return f"{local.day} {local:%b %Y %H:%M}"
