"""The enterprise's pages of its report, browser to database."""

import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice
from hazards.models import ReportStatus, SelfInspectionReport
from hazards.queries import report_lists
from hazards.services import reports
from tests.factories import signed_in
from tests.factories_reports import (
    Desks,
    make_desks,
    make_draft,
    make_inspection,
    open_version,
    save,
)
from tests.hazards.services.traces import written
from tests.hazards.views.walking import (
    a_moment,
    last_quarter,
    make_filed,
    page,
    typed,
    words,
)

QUIETLY = {"X-Autosave": "1"}
ODD_KEYS = [
    "garbage",
    "~",
    "-1~-1",
    "nan~1",
    "inf~1",
    "1e300~1",
    f"2026Q2~{10**30}",
    f"{10**30}~{10**30}",
    "0000Q0~0",
]


def edit_url(report: SelfInspectionReport) -> str:
    return reverse("report-edit", args=[report.public_id])


class TestStarting:
    def test_opens_the_quarter_with_its_inspections(self, seats: Desks) -> None:
        visit = make_inspection(seats, on=last_quarter().starts_on, at=a_moment())

        response = signed_in(seats.clerk).post(
            reverse("report-start"), {"quarter": str(last_quarter())}
        )

        report = SelfInspectionReport.objects.get()
        assert report.quarter == last_quarter()
        assert response["Location"] == edit_url(report)
        assert open_version(report).listed.get().inspection == visit

    def test_twice_is_once(self, seats: Desks) -> None:
        for by in (seats.clerk, seats.leader):
            signed_in(by).post(
                reverse("report-start"), {"quarter": str(last_quarter())}
            )

        assert SelfInspectionReport.objects.get().versions.count() == 1

    def test_of_what_is_signed_goes_to_the_report(
        self, seats: Desks, received: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            reverse("report-start"), {"quarter": str(received.quarter)}
        )

        assert response["Location"] == reverse("report", args=[received.public_id])

    @pytest.mark.parametrize(
        "quarter", ["", "2026", "2026Q5", "-1Q1", "2026Q１", "x" * 999]
    )
    def test_of_what_is_no_quarter_is_not_found(
        self, seats: Desks, quarter: str
    ) -> None:
        response = signed_in(seats.clerk).post(
            reverse("report-start"), {"quarter": quarter}
        )

        assert response.status_code == 404
        assert not SelfInspectionReport.objects.exists()

    def test_of_a_quarter_to_come_is_refused_with_what_to_do(
        self, seats: Desks
    ) -> None:
        coming = last_quarter().shifted(2)

        response = signed_in(seats.clerk).post(
            reverse("report-start"), {"quarter": str(coming)}
        )

        assert response.status_code == 409
        assert "has not begun; choose a quarter that has" in words(response)


class TestWriting:
    def test_starts_from_what_is_stored(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        form = signed_in(seats.clerk).get(edit_url(draft)).context["form"]

        version = open_version(draft)
        assert form["scope"].value() == version.scope
        assert form["revision"].value() == version.revision
        assert form["inspections"].value() == [version.listed.get().inspection_id]

    def test_stores_what_was_typed_and_tells_nobody(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        before = Notice.objects.count()

        response = signed_in(seats.leader).post(
            edit_url(draft),
            typed(draft, scope="Furnace hall <1>", remarks="", nothing_found=""),
            follow=True,
        )

        version = open_version(draft)
        assert (version.scope, version.remarks) == ("Furnace hall <1>", "")
        assert version.nothing_found is None
        assert version.saved_by == seats.leader.membership
        assert "Nobody but your enterprise sees a draft" in words(response)
        assert "Furnace hall &lt;1&gt;" in page(response)
        assert Notice.objects.count() == before

    def test_by_the_enter_key_saves_and_does_not_send(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        client = signed_in(seats.clerk)
        shown = page(client.get(edit_url(draft)))
        form = shown[shown.index("data-autosave ") :]

        # What a browser presses on Enter.
        first = re.findall(r'<button[^>]*type="submit"[^>]*>', form)[0]

        assert "name=" not in first
        client.post(edit_url(draft), typed(draft))
        draft.refresh_from_db()
        assert draft.status == ReportStatus.DRAFT

    def test_and_sending_puts_it_on_the_principal_s_desk(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            edit_url(draft), typed(draft, scope="All halls", send="1"), follow=True
        )

        draft.refresh_from_db()
        assert draft.status == ReportStatus.AWAITING_SIGNATURE
        assert open_version(draft).scope == "All halls"
        assert "It is filed once signed" in words(response)
        notice = Notice.objects.get(kind="report_awaits_signature")
        assert notice.recipient == seats.principal.user

    def test_says_all_that_is_missing_and_keeps_what_was_typed(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            edit_url(draft),
            typed(
                draft,
                nothing_found="",
                scope="",
                inspections=[],
                remarks="Typed with cold fingers",
                send="1",
            ),
        )

        assert response.status_code == 422
        said = words(response)
        assert "Saved, but not sent" in said
        assert "List at least one inspection" in said
        assert "found no major accident hazard" in said
        assert "Say what was inspected" in said
        assert "Say by which standards" not in said
        assert "Typed with cold fingers" in page(response)
        draft.refresh_from_db()
        assert draft.status == ReportStatus.DRAFT
        assert open_version(draft).remarks == "Typed with cold fingers"

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"scope": "长" * 4001}, "scope", "at most 4000"),
            ({"scope": "a\x00b"}, "scope", "Null characters"),
            ({"revision": "two"}, "revision", "whole number"),
            ({"revision": ""}, "revision", "required"),
            ({"inspections": ["x"]}, "inspections", "not a valid value"),
            ({"inspections": ["0"]}, "inspections", "not one of the available"),
        ],
    )
    def test_refuses_what_cannot_be_and_keeps_the_rest(
        self,
        seats: Desks,
        draft: SelfInspectionReport,
        changes: dict[str, Any],
        field: str,
        sentence: str,
    ) -> None:
        before = open_version(draft).revision
        data = typed(draft, **{"remarks": "Typed with cold fingers", **changes})

        response = signed_in(seats.clerk).post(edit_url(draft), data)

        assert response.status_code == 422
        assert sentence in " ".join(response.context["form"].errors[field])
        assert "Typed with cold fingers" in page(response)
        assert open_version(draft).revision == before

    def test_never_lists_an_inspection_of_another_enterprise(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        foreign = make_inspection(
            make_desks(on=timezone.localdate()),
            on=last_quarter().starts_on,
            at=a_moment(),
        )

        response = signed_in(seats.clerk).post(
            edit_url(draft), typed(draft, inspections=[str(foreign.pk)])
        )

        assert response.status_code == 422
        assert foreign.number not in page(response)

    def test_is_refused_once_it_is_sent(
        self, seats: Desks, waiting: SelfInspectionReport
    ) -> None:
        client = signed_in(seats.clerk)
        response = client.post(edit_url(waiting), typed(waiting, scope="Slipped in"))

        assert response.status_code == 403
        assert "Only a draft can be changed: take it back" in words(response)
        assert open_version(waiting).scope != "Slipped in"

    def test_who_comes_back_to_a_page_that_is_past_is_led_to_the_report(
        self, seats: Desks, waiting: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).get(edit_url(waiting), follow=True)

        assert response.redirect_chain[-1][0] == reverse(
            "report", args=[waiting.public_id]
        )
        assert "The report is “awaiting signature” now." in words(response)

    def test_another_window_of_ones_own_is_called_so(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        client = signed_in(seats.clerk)
        first, second = typed(draft, scope="One"), typed(draft, scope="Two")
        client.post(edit_url(draft), first)
        response = client.post(edit_url(draft), second)

        assert response.status_code == 409
        assert "You saved this report in another window" in words(response)

    def test_goes_on_after_taking_it_back(
        self, seats: Desks, waiting: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            reverse("report-withdraw", args=[waiting.public_id])
        )

        assert response["Location"] == edit_url(waiting)
        waiting.refresh_from_db()
        assert waiting.status == ReportStatus.DRAFT

    def test_a_correction_shows_the_bureau_s_words_and_asks_why(
        self, seats: Desks
    ) -> None:
        report = make_filed(seats, ReportStatus.RETURNED)
        client = signed_in(seats.clerk)

        client.post(reverse("report-begin-correction", args=[report.public_id]))
        shown = client.get(edit_url(report))
        response = client.post(edit_url(report), typed(report, send="1"))

        assert "请补充检查范围。" in words(shown)
        assert "Say why the report is corrected" in words(response)
        assert open_version(report).ordinal == 2


class TestSavingItself:
    def test_answers_with_the_next_revision(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        before = open_version(draft).revision

        response = signed_in(seats.clerk).post(
            edit_url(draft), typed(draft, scope="Half a sent"), headers=QUIETLY
        )

        assert response.status_code == 200
        assert response.json()["revision"] == before + 1
        assert re.fullmatch(r"\d\d:\d\d:\d\d", response.json()["saved_at"])
        assert open_version(draft).scope == "Half a sent"

    def test_never_sends(self, seats: Desks, draft: SelfInspectionReport) -> None:
        signed_in(seats.clerk).post(
            edit_url(draft), typed(draft, send="1"), headers=QUIETLY
        )

        draft.refresh_from_db()
        assert draft.status == ReportStatus.DRAFT

    def test_stops_with_a_sentence_when_somebody_else_saved(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        data = typed(draft, scope="Mine")
        save(draft, seats, draft=make_draft(scope="Theirs"), at=timezone.now())

        response = signed_in(seats.leader).post(edit_url(draft), data, headers=QUIETLY)

        assert response.status_code == 409
        name = seats.clerk.user.full_name
        assert response.json()["message"].startswith(f"{name} saved this report")
        assert open_version(draft).scope == "Theirs"

    def test_says_what_is_wrong_and_in_which_field(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.clerk).post(
            edit_url(draft), typed(draft, scope="长" * 4001), headers=QUIETLY
        )

        assert response.status_code == 422
        assert response.json()["message"].startswith("What was inspected: Ensure")

    def test_the_same_save_twice_is_one(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        client, data = signed_in(seats.clerk), typed(draft, scope="Once")

        first, second = (
            client.post(edit_url(draft), data, headers=QUIETLY) for _ in range(2)
        )

        assert first.json()["revision"] == second.json()["revision"]


class TestTwoWriters:
    def test_see_both_texts_and_the_second_save_from_there_succeeds(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        data = typed(draft, scope="What I typed")
        save(draft, seats, draft=make_draft(scope="What they saved"), at=timezone.now())
        client = signed_in(seats.leader)

        response = client.post(edit_url(draft), data)

        assert response.status_code == 409
        assert "What they saved" in words(response)
        form = response.context["form"]
        assert form["scope"].value() == "What I typed"
        assert open_version(draft).scope == "What they saved"

        data["revision"] = form["revision"].value()
        assert client.post(edit_url(draft), data).status_code == 302
        assert open_version(draft).scope == "What I typed"

    def test_a_third_save_meanwhile_is_shown_again(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        data = typed(draft, scope="What I typed", send="1")
        client = signed_in(seats.leader)
        for scope in ("Second", "Third"):
            save(draft, seats, draft=make_draft(scope=scope), at=timezone.now())
            response = client.post(edit_url(draft), data)
            assert response.status_code == 409
            assert f"What {seats.clerk.user.full_name} saved" in words(response)
            assert scope in words(response)
            data["revision"] = response.context["form"]["revision"].value()

        draft.refresh_from_db()
        assert draft.status == ReportStatus.DRAFT


class TestLooking:
    def test_a_bureau_does_not_learn_that_a_draft_exists(
        self, seats: Desks, draft: SelfInspectionReport, waiting: None
    ) -> None:
        client = signed_in(seats.reviewer)
        for name in ("report", "report-edit", "report-sign", "report-done"):
            url = reverse(name, args=[draft.public_id])
            assert client.get(url).status_code == 404
        assert draft.number not in page(client.get(reverse("reports")))

    def test_a_bureau_sees_what_was_signed_and_nothing_of_the_correction(
        self, seats: Desks
    ) -> None:
        report = make_filed(seats, ReportStatus.RETURNED)
        reports.begin_correction(report_id=report.pk, by=seats.clerk, at=timezone.now())
        correction = make_draft(scope="SECRET DRAFT", reason="SECRET WHY")
        save(report, seats, draft=correction, at=timezone.now())
        reports.send_for_signature(
            report_id=report.pk, by=seats.clerk, at=timezone.now()
        )
        reports.return_to_team(
            report_id=report.pk,
            reason="SECRET between us",
            by=seats.principal,
            at=timezone.now(),
        )
        url = reverse("report", args=[report.public_id])
        second = reverse("report-version", args=[report.public_id, 2])

        own, bureau = (
            words(signed_in(by).get(url)) for by in (seats.clerk, seats.reviewer)
        )

        assert "SECRET DRAFT" in own
        assert "SECRET between us" in own
        assert "SECRET" not in bureau
        assert "全部车间和仓库" in bureau
        assert "Returned to the team" not in bureau
        assert "Correction begun" not in bureau
        for by in (seats.clerk, seats.reviewer):
            assert signed_in(by).get(second).status_code == 404

    def test_a_version_is_read_from_its_sealed_bytes(
        self, seats: Desks, received: SelfInspectionReport
    ) -> None:
        seal = received.versions.get().seals.get()
        url = reverse("report-version", args=[received.public_id, 1])
        # What the enterprise is called later does not reach what was signed.
        old = seats.enterprise.name
        seats.enterprise.name = "改名以后有限公司"
        seats.enterprise.save()

        for by in (seats.clerk, seats.principal, seats.reviewer):
            said = words(signed_in(by).get(url))
            assert old in said
            assert seal.receipt_number in said
            assert seal.content_sha256 in said
            assert seal.statement in said

    @pytest.mark.parametrize("ordinal", [0, 2, 10**30])
    def test_a_version_that_is_not_there_is_not_found(
        self, seats: Desks, received: SelfInspectionReport, ordinal: int
    ) -> None:
        url = reverse("report-version", args=[received.public_id, ordinal])
        assert signed_in(seats.clerk).get(url).status_code == 404

    def test_every_signed_version_stands_with_its_receipt(
        self, seats: Desks, received: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.reviewer).get(
            reverse("report", args=[received.public_id])
        )

        seal = received.versions.get().seals.get()
        assert page(response).count(seal.receipt_number) >= 1
        assert reverse("report-version", args=[received.public_id, 1]) in page(response)

    def test_looking_writes_nothing(
        self, seats: Desks, waiting: SelfInspectionReport
    ) -> None:
        before = written()
        for by in (seats.clerk, seats.principal):
            client = signed_in(by)
            for name in ("report", "report-sign", "report-edit", "report-done"):
                client.get(reverse(name, args=[waiting.public_id]))
        assert written() == before


class TestLists:
    def test_are_walked_through_without_gap_or_double(
        self, seats: Desks, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(report_lists, "PAGE_SIZE", 2)
        quarters = [last_quarter().shifted(-back) for back in range(7)]
        for quarter in quarters:
            reports.start(quarter=quarter, by=seats.clerk, at=a_moment())
        client, seen, url = signed_in(seats.clerk), [], reverse("reports")

        for _ in range(4):
            response = client.get(url)
            seen += response.context["page"].reports
            found = re.search(r'rel="next" href="([^"]+)"', page(response))
            url = reverse("reports") + found[1] if found else ""

        assert [report.quarter for report in seen] == quarters
        assert url == ""

    @pytest.mark.parametrize("key", ODD_KEYS)
    def test_begin_anew_at_a_key_that_is_none(
        self, seats: Desks, received: SelfInspectionReport, key: str
    ) -> None:
        for name in ("reports", "review-queue"):
            response = signed_in(seats.reviewer).get(reverse(name), {"after": key})
            assert response.status_code == 200
            assert response.context["page"].reports == [received]

    def test_say_what_to_do_when_they_are_empty(self, seats: Desks) -> None:
        own = signed_in(seats.clerk).get(reverse("reports"))
        bureau = signed_in(seats.reviewer).get(reverse("reports"))
        assert "Open the quarter's report from your desk" in words(own)
        assert "as soon as a principal has signed" in words(bureau)
