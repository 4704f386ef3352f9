"""The pages of visits, browser to database."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Acting, Enterprise, Event, Membership, Notice, Role, Site
from hazards.models import Attendance, SelfInspection, TeamKind
from hazards.queries.inspections import PAGE_SIZE
from hazards.services import inspections, reports
from hazards.services.inspections import Visit
from tests.database.stages import stage
from tests.factories import (
    make_acting,
    make_bureau,
    make_enterprise,
    make_membership,
    make_user,
    signed_in,
)

pytestmark = pytest.mark.django_db

EVIDENCE = "Furnace hall, 9:00 to 11:00, on the sign-in sheet"


@stage
def today(db: None) -> dt.date:
    return timezone.localdate()


@stage
def plant(db: None) -> Enterprise:
    return make_enterprise()


@stage
def clerk(plant: Enterprise, today: dt.date) -> Acting:
    return make_acting(Role.CLERK, enterprise=plant, on=today)


@stage
def member(plant: Enterprise, today: dt.date) -> Acting:
    return make_acting(Role.TEAM_MEMBER, enterprise=plant, on=today)


@stage
def principal(plant: Enterprise, today: dt.date) -> Acting:
    return make_acting(Role.PRINCIPAL, enterprise=plant, on=today)


def make_visit(
    *,
    clerk: Acting,
    members: tuple[Membership, ...] = (),
    day: dt.date | None = None,
    evidence: str = "",
) -> SelfInspection:
    """Make a one-day visit of the clerk's enterprise, by the clerk unless said."""
    assert clerk.enterprise is not None
    visit = Visit(
        started_on=day or clerk.on,
        ended_on=day or clerk.on,
        team=TeamKind.INTERNAL,
        site_ids=[site.pk for site in clerk.enterprise.sites.all()],
        member_ids=[m.pk for m in members or (clerk.membership,)],
        principal_evidence=evidence,
    )
    return inspections.record(visit=visit, by=clerk, at=timezone.now())


def typed(plant: Enterprise, *people: Acting, **changes: Any) -> dict[str, Any]:
    """What a browser sends for a one-day visit of the plant's sites."""
    return {
        "started_on": timezone.localdate().isoformat(),
        "ended_on": "",
        "team": "internal",
        "external_organisation": "",
        "sites": [str(site.public_id) for site in plant.sites.all()],
        "members": [str(person.membership.public_id) for person in people],
        "outsiders": "",
        "areas": "",
        "principal_evidence": "",
        "revision": "1",
        **changes,
    }


def page(response: Any) -> str:
    return str(response.content.decode())


class TestRecording:
    def test_stores_what_was_typed(
        self, plant: Enterprise, clerk: Acting, member: Acting
    ) -> None:
        data = typed(
            plant, clerk, member, areas="Furnace hall", outsiders=" 王工 \n\n李工\n王工"
        )

        response = signed_in(clerk).post(reverse("inspection-new"), data)

        inspection = SelfInspection.objects.get()
        assert response["Location"] == reverse(
            "inspection", args=[inspection.public_id]
        )
        assert inspection.started_on == inspection.ended_on == clerk.on
        assert inspection.areas == "Furnace hall"
        assert [site.name for site in inspection.sites.all()] == ["主厂区"]
        people = inspection.attendances.order_by("pk")
        assert {p.membership_id for p in people} == {
            clerk.membership.pk,
            member.membership.pk,
            None,
        }
        assert [p.full_name for p in people if not p.membership_id] == ["王工", "李工"]

    def test_starts_from_today_and_the_only_site(
        self, plant: Enterprise, clerk: Acting
    ) -> None:
        response = signed_in(clerk).get(reverse("inspection-new"))

        site = plant.sites.get()
        assert f'value="{clerk.on.isoformat()}"' in page(response)
        assert response.context["form"].initial["sites"] == [str(site.public_id)]

    def test_chooses_no_site_where_there_are_several(
        self, plant: Enterprise, clerk: Acting
    ) -> None:
        first = plant.sites.get()
        Site.objects.create(
            enterprise=plant,
            name="Second yard",
            address="East road",
            county=first.county,
            recorded_at=timezone.now(),
        )

        response = signed_in(clerk).get(reverse("inspection-new"))

        assert response.context["form"].initial["sites"] == []
        assert "Second yard" in page(response)

    def test_starts_from_the_last_visit_s_sites_and_team_and_nothing_else_of_it(
        self, plant: Enterprise, clerk: Acting, principal: Acting
    ) -> None:
        last = make_visit(clerk=clerk, evidence="In all the halls")

        response = signed_in(clerk).get(reverse("inspection-new"))

        initial = response.context["form"].initial
        assert initial == {
            "started_on": clerk.on,
            "team": last.team,
            "external_organisation": "",
            "sites": [str(plant.sites.get().public_id)],
            "members": [str(clerk.membership.public_id)],
            "outsiders": "",
        }

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"started_on": ""}, "started_on", "on which day"),
            ({"sites": []}, "sites", "at least one site"),
            ({"members": []}, "members", "at least one person"),
            ({"team": "external"}, "external_organisation", "outside organisation"),
            ({"ended_on": "2020-01-01"}, "ended_on", "before the first"),
            ({"outsiders": "长" * 61}, "outsiders", "at most 60"),
            ({"principal_took_part": "on"}, "principal_evidence", "where and when"),
            ({"principal_evidence": EVIDENCE}, "principal_took_part", "Tick this"),
        ],
    )
    def test_says_at_the_field_what_is_wrong_and_keeps_the_text(
        self,
        plant: Enterprise,
        clerk: Acting,
        changes: dict[str, Any],
        field: str,
        sentence: str,
    ) -> None:
        data = typed(plant, clerk, areas="Typed with cold fingers", **changes)

        response = signed_in(clerk).post(reverse("inspection-new"), data)

        assert sentence in " ".join(response.context["form"].errors[field])
        assert "Typed with cold fingers" in page(response)
        assert "Nothing is saved yet" in page(response)
        assert not SelfInspection.objects.exists()

    def test_shows_the_refusal_of_the_service_on_the_form(
        self, plant: Enterprise, clerk: Acting, today: dt.date
    ) -> None:
        tomorrow = today + dt.timedelta(days=1)
        data = typed(plant, clerk, started_on=tomorrow.isoformat(), areas="Kept")

        response = signed_in(clerk).post(reverse("inspection-new"), data)

        assert "once it has ended" in page(response)
        assert "Kept" in page(response)

    def test_refuses_a_year_before_the_enterprise(
        self, plant: Enterprise, clerk: Acting
    ) -> None:
        data = typed(plant, clerk, started_on="0026-11-02")

        response = signed_in(clerk).post(reverse("inspection-new"), data)

        assert "0026-11-02 cannot be meant: check the year" in page(response)
        assert not SelfInspection.objects.exists()

    def test_says_so_where_no_principal_is_known(
        self, plant: Enterprise, clerk: Acting
    ) -> None:
        data = typed(
            plant, clerk, principal_took_part="on", principal_evidence=EVIDENCE
        )

        response = signed_in(clerk).post(reverse("inspection-new"), data)

        assert "no principal" in page(response)
        assert EVIDENCE in page(response)
        assert not SelfInspection.objects.exists()

    def test_tells_the_principal_to_confirm_taking_part(
        self, plant: Enterprise, clerk: Acting, principal: Acting
    ) -> None:
        evidence = "Hall <A> & B"
        data = typed(
            plant, clerk, principal_took_part="on", principal_evidence=evidence
        )

        signed_in(clerk).post(reverse("inspection-new"), data)

        inspection = SelfInspection.objects.get()
        notice = Notice.objects.get(recipient=principal.user)
        assert inspection.number in notice.subject
        assert evidence in notice.body
        assert notice.path == reverse("inspection", args=[inspection.public_id])

    def test_names_the_outsiders_organisation(
        self, plant: Enterprise, clerk: Acting
    ) -> None:
        data = typed(
            plant,
            team="external",
            external_organisation="Northern Safety Institute",
            outsiders="王工",
        )

        response = signed_in(clerk).post(reverse("inspection-new"), data, follow=True)

        assert "Northern Safety Institute" in page(response)
        assert SelfInspection.objects.get().team == TeamKind.EXTERNAL

    def test_never_lists_the_principal_or_strangers_to_choose_from(
        self, clerk: Acting, principal: Acting, today: dt.date
    ) -> None:
        stranger = make_acting(Role.CLERK, enterprise=make_enterprise(), on=today)

        response = signed_in(clerk).get(reverse("inspection-new"))

        choices = dict(response.context["form"].fields["members"].choices)
        assert str(clerk.membership.public_id) in choices
        assert str(principal.membership.public_id) not in choices
        assert str(stranger.membership.public_id) not in choices

    def test_refuses_a_site_of_another_enterprise(
        self, plant: Enterprise, clerk: Acting
    ) -> None:
        foreign = make_enterprise().sites.get()
        data = typed(plant, clerk, sites=[str(foreign.public_id)])

        response = signed_in(clerk).post(reverse("inspection-new"), data)

        assert "sites" in response.context["form"].errors
        assert not SelfInspection.objects.exists()

    def test_is_not_for_team_members(self, member: Acting) -> None:
        response = signed_in(member).get(reverse("inspection-new"))

        assert response.status_code == 403
        assert "clerk" in page(response)


class TestChanging:
    def test_starts_from_what_is_stored(self, clerk: Acting, principal: Acting) -> None:
        inspection = make_visit(clerk=clerk, evidence=EVIDENCE)

        response = signed_in(clerk).get(edit_url(inspection))

        assert EVIDENCE in page(response)
        assert 'name="revision" value="1"' in page(response)

    def test_saves_from_the_revision_shown(
        self, plant: Enterprise, clerk: Acting
    ) -> None:
        inspection = make_visit(clerk=clerk)

        response = signed_in(clerk).post(
            edit_url(inspection), typed(plant, clerk, areas="Roof"), follow=True
        )

        inspection.refresh_from_db()
        assert (inspection.areas, inspection.revision) == ("Roof", 2)
        assert "Inspection changed" in page(response)

    def test_keeps_both_texts_when_somebody_saved_meanwhile(
        self, plant: Enterprise, clerk: Acting
    ) -> None:
        inspection = make_visit(clerk=clerk)
        client = signed_in(clerk)
        client.post(edit_url(inspection), typed(plant, clerk, areas="First text"))

        response = client.post(
            edit_url(inspection), typed(plant, clerk, areas="Second text")
        )

        assert response.status_code == 409
        text = page(response)
        assert "Nothing was overwritten" in text
        assert "First text" in text
        assert text.count("Second text") == 2, "beside the other, and in the form"
        assert 'name="revision" value="2"' in text
        differences = response.context["differences"]
        assert [d.label for d in differences] == ["Areas and equipment inspected"]
        inspection.refresh_from_db()
        assert inspection.areas == "First text"

    def test_lets_the_person_save_again_from_the_new_revision(
        self, plant: Enterprise, clerk: Acting
    ) -> None:
        inspection = make_visit(clerk=clerk)
        client = signed_in(clerk)
        client.post(edit_url(inspection), typed(plant, clerk, areas="First text"))
        client.post(edit_url(inspection), typed(plant, clerk, areas="Second text"))

        client.post(
            edit_url(inspection),
            typed(plant, clerk, areas="Second text", revision="2"),
        )

        inspection.refresh_from_db()
        assert (inspection.areas, inspection.revision) == ("Second text", 3)

    def test_says_so_where_both_saved_the_same(
        self, plant: Enterprise, clerk: Acting
    ) -> None:
        inspection = make_visit(clerk=clerk)
        client = signed_in(clerk)
        client.post(edit_url(inspection), typed(plant, clerk, areas="Same"))

        response = client.post(edit_url(inspection), typed(plant, clerk, areas="Same"))

        assert "Both say the same" in page(response)

    def test_keeps_a_colleague_who_has_left_since(
        self, plant: Enterprise, clerk: Acting, today: dt.date
    ) -> None:
        left = make_membership(
            Role.TEAM_MEMBER,
            enterprise=plant,
            ends_on=today - dt.timedelta(days=1),
        )
        inspection = make_visit(clerk=clerk, members=(left,))

        response = signed_in(clerk).get(edit_url(inspection))

        assert str(left.public_id) in page(response)

    def test_keeps_the_time_of_those_who_signed_in(
        self, plant: Enterprise, clerk: Acting, member: Acting
    ) -> None:
        inspection = make_visit(
            clerk=clerk, members=(clerk.membership, member.membership)
        )
        signed_in(member).post(sign_in_url(inspection))

        signed_in(clerk).post(edit_url(inspection), typed(plant, clerk, member))

        assert own_attendance(inspection, member).signed_in_at is not None


class TestSigningIn:
    def test_stores_the_members_own_word(self, clerk: Acting, member: Acting) -> None:
        inspection = make_visit(clerk=clerk, members=(member.membership,))
        client = signed_in(member)
        assert "I was there" in page(client.get(detail_url(inspection)))

        response = client.post(sign_in_url(inspection), follow=True)

        assert own_attendance(inspection, member).signed_in_at is not None
        assert "You have signed in" in page(response)
        assert "I was there" not in page(response)
        assert Event.objects.about(inspection).filter(action="sign-in").count() == 1

    def test_twice_is_once(self, clerk: Acting, member: Acting) -> None:
        inspection = make_visit(clerk=clerk, members=(member.membership,))
        client = signed_in(member)
        client.post(sign_in_url(inspection))
        first = own_attendance(inspection, member).signed_in_at

        client.post(sign_in_url(inspection))

        assert own_attendance(inspection, member).signed_in_at == first

    def test_is_for_those_listed(self, clerk: Acting, member: Acting) -> None:
        inspection = make_visit(clerk=clerk)
        client = signed_in(member)

        response = client.post(sign_in_url(inspection))

        assert response.status_code == 409
        assert "not listed" in page(response)
        assert "I was there" not in page(client.get(detail_url(inspection)))

    def test_is_never_by_a_link(self, clerk: Acting) -> None:
        inspection = make_visit(clerk=clerk)

        assert signed_in(clerk).get(sign_in_url(inspection)).status_code == 405


class TestConfirmingParticipation:
    def test_is_the_principals_own_act(self, clerk: Acting, principal: Acting) -> None:
        inspection = make_visit(clerk=clerk, evidence=EVIDENCE)
        client = signed_in(principal)
        assert "I took part in person" in page(client.get(detail_url(inspection)))

        response = client.post(confirm_url(inspection), follow=True)

        inspection.participation.refresh_from_db()
        assert inspection.participation.confirmed_at is not None
        assert "Principal: confirmed" in page(response)

    def test_is_refused_to_everybody_else(
        self, clerk: Acting, principal: Acting
    ) -> None:
        inspection = make_visit(clerk=clerk, evidence=EVIDENCE)

        response = signed_in(clerk).post(confirm_url(inspection))

        assert response.status_code == 403
        assert "Only the principal" in page(response)
        inspection.participation.refresh_from_db()
        assert inspection.participation.confirmed_at is None

    def test_is_asked_again_after_the_account_changed(
        self, plant: Enterprise, clerk: Acting, principal: Acting
    ) -> None:
        inspection = make_visit(clerk=clerk, evidence=EVIDENCE)
        signed_in(principal).post(confirm_url(inspection))

        signed_in(clerk).post(
            edit_url(inspection),
            typed(
                plant, clerk, principal_took_part="on", principal_evidence="Yard, 15:00"
            ),
        )

        stored = SelfInspection.objects.get().participation
        assert (stored.evidence, stored.confirmed_at) == ("Yard, 15:00", None)
        assert Notice.objects.filter(recipient=principal.user).count() == 2


class TestLooking:
    def test_team_members_see_list_and_page_without_edit_buttons(
        self, clerk: Acting, member: Acting
    ) -> None:
        inspection = make_visit(clerk=clerk)
        client = signed_in(member)

        listed = page(client.get(reverse("inspections")))
        shown = page(client.get(detail_url(inspection)))

        assert inspection.number in listed
        assert reverse("inspection-new") not in listed
        assert edit_url(inspection) not in shown
        assert client.get(edit_url(inspection)).status_code == 403

    @pytest.mark.parametrize("name", ["inspections", "inspection-new"])
    def test_a_bureau_has_no_such_pages(self, name: str, today: dt.date) -> None:
        head = make_acting(Role.BUREAU_HEAD, bureau=make_bureau(), on=today)

        assert signed_in(head).get(reverse(name)).status_code == 404

    def test_others_do_not_learn_that_a_visit_exists(
        self, plant: Enterprise, clerk: Acting, today: dt.date
    ) -> None:
        inspection = make_visit(clerk=clerk)
        bureau = plant.assignments.get().bureau
        strangers = [
            make_acting(Role.BUREAU_HEAD, bureau=bureau, on=today),
            make_acting(Role.PRINCIPAL, enterprise=make_enterprise(), on=today),
        ]
        for stranger in strangers:
            client = signed_in(stranger)
            assert client.get(detail_url(inspection)).status_code == 404
            assert client.get(edit_url(inspection)).status_code == 404
            assert client.post(sign_in_url(inspection)).status_code == 404
            assert client.post(confirm_url(inspection)).status_code == 404

    def test_strangers_are_asked_to_sign_in(self) -> None:
        response = Client().get(reverse("inspections"))

        assert response.status_code == 302
        assert reverse("account_login") in response["Location"]

    def test_people_without_a_role_are_told_what_to_do(self) -> None:
        response = signed_in(make_user()).get(reverse("inspections"))

        assert response.status_code == 403

    def test_an_empty_list_says_what_to_do_first(self, clerk: Acting) -> None:
        assert "No inspection yet" in page(signed_in(clerk).get(reverse("inspections")))

    def test_offers_the_quarters_report_next(
        self, clerk: Acting, member: Acting
    ) -> None:
        inspection = make_visit(clerk=clerk)

        shown = page(signed_in(clerk).get(detail_url(inspection)))

        assert reverse("report-start") in shown
        assert f'name="quarter" value="{inspection.quarter}"' in shown

    def test_names_the_report_that_lists_it(self, clerk: Acting) -> None:
        inspection = make_visit(clerk=clerk)
        report = reports.start(quarter=inspection.quarter, by=clerk, at=timezone.now())

        response = signed_in(clerk).get(detail_url(inspection))

        assert response.context["quarter_report"] == report
        assert reverse("report", args=[report.public_id]) in page(response)


class TestPages:
    def test_are_walked_newest_first_and_back(
        self, clerk: Acting, today: dt.date
    ) -> None:
        # Two a day, so that a cursor on the day alone would skip or repeat one.
        made = [
            make_visit(clerk=clerk, day=today - dt.timedelta(days=number // 2))
            for number in range(2 * PAGE_SIZE + 1)
        ]
        wanted = sorted(made, key=lambda i: (i.started_on, i.pk), reverse=True)
        client = signed_in(clerk)

        seen, url, pages = [], reverse("inspections"), []
        while url:
            response = client.get(url)
            shown = response.context["page"]
            seen += shown.inspections
            pages.append(shown.inspections)
            older = response.context["older_url"]
            url = reverse("inspections") + older if older else ""

        assert [i.pk for i in seen] == [i.pk for i in wanted]
        back = client.get(reverse("inspections") + response.context["newer_url"])
        assert back.context["page"].inspections == pages[-2]
        first = client.get(reverse("inspections") + back.context["newer_url"])
        assert first.context["page"].inspections == pages[0]
        assert first.context["newer_url"] == ""

    @pytest.mark.parametrize(
        "cursor", ["nonsense", "8f2e77f4-2f8e-4b0e-9d59-3d1ff0a1f6a1"]
    )
    def test_begin_anew_at_an_unknown_cursor(self, clerk: Acting, cursor: str) -> None:
        make_visit(clerk=clerk)

        response = signed_in(clerk).get(reverse("inspections"), {"older": cursor})

        assert len(response.context["page"].inspections) == 1

    def test_take_as_many_queries_for_many_rows_as_for_few(
        self, clerk: Acting, member: Acting, principal: Acting
    ) -> None:
        client = signed_in(clerk)
        everybody = (clerk.membership, member.membership)

        def queries(count: int) -> int:
            while SelfInspection.objects.count() < count:
                make_visit(clerk=clerk, members=everybody, evidence=EVIDENCE)
            with CaptureQueriesContext(
                connection,
            ) as caught:
                client.get(reverse("inspections"))
            return len(caught)

        queries(1)  # the session's first page writes when it was seen
        assert queries(3) == queries(30)

    def test_of_one_visit_take_constant_queries_too(
        self, plant: Enterprise, clerk: Acting
    ) -> None:
        client = signed_in(clerk)

        def queries(count: int) -> int:
            members = tuple(
                make_membership(Role.TEAM_MEMBER, enterprise=plant)
                for _ in range(count)
            )
            inspection = make_visit(clerk=clerk, members=members)
            with CaptureQueriesContext(connection) as caught:
                client.get(detail_url(inspection))
            return len(caught)

        queries(1)
        assert queries(3) == queries(30)


def detail_url(inspection: SelfInspection) -> str:
    return reverse("inspection", args=[inspection.public_id])


def edit_url(inspection: SelfInspection) -> str:
    return reverse("inspection-edit", args=[inspection.public_id])


def sign_in_url(inspection: SelfInspection) -> str:
    return reverse("inspection-sign-in", args=[inspection.public_id])


def confirm_url(inspection: SelfInspection) -> str:
    return reverse("participation-confirm", args=[inspection.public_id])


def own_attendance(inspection: SelfInspection, person: Acting) -> Attendance:
    return inspection.attendances.get(membership=person.membership)
