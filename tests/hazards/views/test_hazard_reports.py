"""A hazard reported at once, its plan, and both on every page that names a report."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice
from hazards.models import (
    HazardAct,
    HazardState,
    MajorHazard,
    ReportKind,
    ReportStatus,
    SelfInspectionReport,
)
from hazards.queries.verification import faults
from hazards.services import hazard_reports, registrations, reviews
from tests.database.stages import stage
from tests.factories import PASSWORD, signed_in
from tests.factories_lives import (
    PLAN,
    plan_for,
    reported_hazard,
    send_and_sign,
)
from tests.factories_reports import Desks, make_hazard, open_version
from tests.hazards.attachments.files import picture, upload
from tests.hazards.views.test_signing import carried_by
from tests.hazards.views.walking import a_moment, page, words

CLAUSE = "order-10-2023/3(1)"
NEW = "/hazards/report/"
FOUND = dt.timedelta(hours=2)


def url(name: str, report: SelfInspectionReport) -> str:
    return reverse(name, args=[report.public_id])


def page_1(seats: Desks, **changes: Any) -> dict[str, Any]:
    """What a browser sends from the first page."""
    now = timezone.localtime()
    return {
        "key": str(uuid.uuid4()),
        "again": "",
        "revision": "",
        "words": "",
        "clause": CLAUSE,
        "site": str(seats.site.public_id),
        "place": "Furnace 2",
        "description": "No agreement",
        "found_on": now.date().isoformat(),
        "found_time": f"{now:%H:%M}",
        "next": "1",
        **changes,
    }


def page_2(**changes: Any) -> dict[str, Any]:
    """What a browser sends from the second page."""
    return {
        "revision": "1",
        "causes": "Nobody asked",
        "harm": "Burns",
        "difficulty": "Easy",
        "interim_measures": "Fenced off",
        **changes,
    }


def filed(seats: Desks) -> SelfInspectionReport:
    """Begun by a clerk in the browser."""
    signed_in(seats.clerk).post(NEW, page_1(seats))
    return SelfInspectionReport.objects.get(kind=ReportKind.HAZARD)


@stage
def hazard(seats: Desks) -> MajorHazard:
    """A hazard that the bureau knows of since yesterday."""
    at = a_moment()
    return reported_hazard(seats, at=at, found_at=at - FOUND)


class TestFirstPage:
    def test_starts_from_now_the_only_site_and_the_clause_asked_for(
        self, seats: Desks
    ) -> None:
        form = signed_in(seats.clerk).get(NEW, {"clause": CLAUSE}).context["form"]
        assert form["found_on"].value() == timezone.localdate()
        assert form["site"].value() == str(seats.site.public_id)
        assert form["clause"].value() == CLAUSE

    @pytest.mark.parametrize("day", ["0001-01-01", "0026-11-17", "9999-12-31"])
    def test_a_year_that_is_a_slip_is_said_and_nothing_typed_is_lost(
        self, seats: Desks, day: str
    ) -> None:
        response = signed_in(seats.clerk).post(NEW, page_1(seats, found_on=day))

        assert f"{day} cannot be meant" in words(response)
        assert response.context["form"]["place"].value() == "Furnace 2"
        assert not SelfInspectionReport.objects.exists()
        assert signed_in(seats.clerk).get("/desk/").status_code == 200

    def test_begins_a_draft_with_its_photos_and_goes_to_page_2(
        self, seats: Desks
    ) -> None:
        photos = [upload(picture(), "a.jpg"), upload(picture(size=(90, 70)), "b.jpg")]
        response = signed_in(seats.clerk).post(
            NEW, page_1(seats, photos=photos), follow=True
        )

        report = SelfInspectionReport.objects.get()
        stated = open_version(report).stated.get()
        assert (report.kind, stated.place) == (ReportKind.HAZARD, "Furnace 2")
        assert open_version(report).photos.count() == 2
        assert stated.hazard.state == HazardState.FOUND
        assert response.redirect_chain[-1][0] == url("hazard-report-check", report)

    # S9
    def test_the_same_form_sent_twice_begins_one_report(self, seats: Desks) -> None:
        form = page_1(seats)
        for _ in range(2):
            assert signed_in(seats.clerk).post(NEW, form).status_code == 302
        assert MajorHazard.objects.count() == 1

    def test_a_photo_that_is_none_is_told_and_the_rest_is_kept(
        self, seats: Desks
    ) -> None:
        response = signed_in(seats.clerk).post(
            NEW, page_1(seats, photos=[upload(b"no picture", "a.jpg")]), follow=True
        )
        report = SelfInspectionReport.objects.get()
        assert response.redirect_chain[-1][0] == url("hazard-report-edit", report)
        assert "a.jpg" in words(response)

    def test_later_than_now_is_refused_and_what_was_typed_is_kept(
        self, seats: Desks
    ) -> None:
        tomorrow = timezone.localdate() + dt.timedelta(days=1)
        response = signed_in(seats.clerk).post(
            NEW, page_1(seats, found_on=tomorrow.isoformat())
        )
        assert response.status_code == 422
        assert "later than now" in words(response)
        assert "Furnace 2" in page(response)
        assert not MajorHazard.objects.exists()

    def test_words_narrow_the_clauses_without_a_script(self, seats: Desks) -> None:
        response = signed_in(seats.clerk).post(
            NEW, page_1(seats, find="1", words="safety contractor")
        )
        assert "Furnace 2" in page(response)
        assert page(response).count("data-words") == 1

    def test_what_came_back_is_a_new_hazard_linked_to_the_closed_one(
        self, seats: Desks, hazard: MajorHazard
    ) -> None:
        close(hazard)
        client = signed_in(seats.clerk)
        begun = client.get(NEW, {"again": str(hazard.public_id)})
        assert hazard.number in words(begun)
        assert begun.context["form"]["clause"].value() == CLAUSE
        client.post(NEW, page_1(seats, again=str(hazard.public_id)))
        assert MajorHazard.objects.latest("id").recurrence_of == hazard

    def test_one_that_is_still_open_is_no_recurrence(
        self, seats: Desks, hazard: MajorHazard
    ) -> None:
        response = signed_in(seats.clerk).get(NEW, {"again": str(hazard.public_id)})
        assert response.status_code == 404
        assert signed_in(seats.clerk).get(NEW, {"again": "x"}).status_code == 404

    def test_is_for_those_who_write_reports(self, seats: Desks) -> None:
        assert signed_in(seats.principal).get(NEW).status_code == 403
        assert signed_in(seats.clerk).get(reverse("desk")).content.count(NEW.encode())

    def test_saves_itself_and_tells_who_came_first(self, seats: Desks) -> None:
        report = filed(seats)
        client, edit = signed_in(seats.clerk), url("hazard-report-edit", report)
        quietly = {"X-Autosave": "1"}
        form = page_1(seats, revision="1", place="Furnace 3")
        assert client.post(edit, form, headers=quietly).json()["revision"] == 2
        stale = client.post(edit, page_1(seats, revision="1", place="Furnace 4"))
        assert stale.status_code == 409
        assert {"Furnace 3", "Furnace 4"} <= set(words(stale).split("·")) or (
            "Furnace 3" in words(stale) and "Furnace 4" in page(stale)
        )
        assert open_version(report).stated.get().place == "Furnace 3"


def close(hazard: MajorHazard) -> None:
    """Accepted and closed, by acts that the database would refuse to miss."""
    steps = [
        ("confirm_acceptance", HazardState.REPORTED, HazardState.ACCEPTED),
        ("close", HazardState.ACCEPTED, HazardState.CLOSED),
    ]
    at = timezone.now()
    report = hazard.reports.get()
    for kind, before, after in steps:
        HazardAct.objects.create(
            hazard=hazard,
            kind=kind.replace("_", "-"),
            at=at,
            by=report.versions.get().created_by,
            from_state=before,
            to_state=after,
        )
        hazard.state, hazard.accepted_at = after, at
        hazard.closed_at = at if after == HazardState.CLOSED else None
        hazard.save()


class TestSecondPage:
    def test_sends_it_to_the_principal_and_puts_it_on_record(
        self, seats: Desks
    ) -> None:
        report = filed(seats)
        response = signed_in(seats.clerk).post(
            url("hazard-report-check", report), page_2(send="1"), follow=True
        )
        report.refresh_from_db()
        assert report.status == ReportStatus.AWAITING_SIGNATURE
        assert report.hazard is not None
        assert report.hazard.state == HazardState.REGISTERED
        assert "filed once signed" in words(response)
        told = Notice.objects.get(kind="report_awaits_signature")
        assert report.hazard.number in told.subject
        assert "None" not in told.body

    def test_says_what_is_missing_and_where_it_is_cured(self, seats: Desks) -> None:
        signed_in(seats.clerk).post(NEW, page_1(seats, clause="", place=""))
        report = SelfInspectionReport.objects.get()
        response = signed_in(seats.clerk).post(
            url("hazard-report-check", report), page_2(send="1")
        )
        assert response.status_code == 422
        assert "something is missing" in words(response)
        assert url("hazard-report-edit", report) in page(response)
        assert open_version(report).stated.get().harm == "Burns"

    def test_the_extent_that_is_missing_is_asked_for_on_this_very_page(
        self, seats: Desks
    ) -> None:
        report = filed(seats)
        check = url("hazard-report-check", report)

        shown = page(signed_in(seats.clerk).get(check))

        _, _, after = shown.partition("say how it came about")
        assert f'href="{check}"' in after.partition("</li>")[0]

    def test_shows_the_hours_since_discovery_beside_the_number_and_its_source(
        self, seats: Desks
    ) -> None:
        report = filed(seats)
        said = words(signed_in(seats.clerk).get(url("hazard-report-check", report)))
        assert "0 hours" in said
        assert "within 24 hours" in said
        assert "安全生产法" in said

    def test_what_is_past_leads_to_the_report_s_page(
        self, seats: Desks, hazard: MajorHazard
    ) -> None:
        report = hazard.reports.get()
        for name in ("hazard-report-edit", "hazard-report-check", "report-edit"):
            response = signed_in(seats.clerk).get(url(name, report), follow=True)
            assert response.redirect_chain[-1][0] == url("report", report)

    def test_the_quarter_s_pages_of_the_hazard_lead_here(self, seats: Desks) -> None:
        report = filed(seats)
        assert report.hazard is not None
        for name in ("report-hazard", "report-hazard-plan"):
            there = reverse(name, args=[report.public_id, report.hazard.public_id])
            response = signed_in(seats.clerk).get(there)
            assert response["Location"] == url("hazard-report-edit", report)


class TestAtOnce:
    def test_a_registered_hazard_of_a_quarter_s_draft_gets_a_report_of_its_own(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        stated = make_hazard(draft, seats, at=a_moment())
        registrations.register(
            report_id=draft.pk,
            hazard_id=stated.hazard_id,
            by=seats.clerk,
            at=timezone.now(),
        )
        client = signed_in(seats.clerk)
        there = reverse(
            "report-hazard", args=[draft.public_id, stated.hazard.public_id]
        )
        at_once = reverse("hazard-report-at-once", args=[stated.hazard.public_id])
        assert at_once in page(client.get(there))
        for _ in range(2):
            response = client.post(at_once)
        report = SelfInspectionReport.objects.get(kind=ReportKind.HAZARD)
        assert response["Location"] == url("hazard-report-edit", report)
        assert open_version(report).stated.get().place == stated.place


class TestPlan:
    def test_is_begun_once_written_in_the_law_s_order_and_sent(
        self, seats: Desks, hazard: MajorHazard
    ) -> None:
        client = signed_in(seats.clerk)
        for _ in range(2):
            response = client.post(reverse("hazard-plan", args=[hazard.public_id]))
        report = SelfInspectionReport.objects.get(kind=ReportKind.PLAN)
        edit = url("hazard-report-edit", report)
        assert response["Location"] == edit
        shown = page(client.get(edit))
        names = [*(n for n in PLAN if n.startswith("plan_")), "interim_measures"]
        places = [shown.index(f'name="{name}"') for name in names]
        assert places == sorted(places)
        assert "does not move it" in shown

        due_on = timezone.localdate() + dt.timedelta(days=30)
        plan = {**PLAN, "due_on": due_on.isoformat(), "funds_planned": "3"}
        revision = str(open_version(report).stated.get().revision)
        client.post(edit, {**plan, "revision": revision, "send": "1"})
        report.refresh_from_db()
        assert report.status == ReportStatus.AWAITING_SIGNATURE
        signing = words(signed_in(seats.principal).get(url("report-sign", report)))
        assert "30 days until the plan" in signing
        assert "is the deadline" in signing

    def test_one_element_short_is_not_sent(
        self, seats: Desks, hazard: MajorHazard
    ) -> None:
        at = a_moment()
        report = plan_for(hazard, seats, at=at, plan_funds="")
        revision = str(open_version(report).stated.get().revision)
        plan = {**PLAN, "plan_funds": "", "revision": revision, "send": "1"}
        response = signed_in(seats.clerk).post(
            url("hazard-report-edit", report), {**plan, "due_on": PLAN["due_on"]}
        )
        assert response.status_code == 422
        assert "funds and materials" in words(response)


class TestPrincipal:
    def test_reads_one_hazard_signs_it_and_hears_of_the_plan(
        self, seats: Desks
    ) -> None:
        report = filed(seats)
        check = url("hazard-report-check", report)
        signed_in(seats.clerk).post(check, page_2(send="1"))
        client, there = signed_in(seats.principal), url("report-sign", report)
        shown = client.get(there)
        said = words(shown)
        assert "within 24 hours" in said
        assert "inspections in the quarter" not in said
        assert seats.bureau.name in said
        done = client.post(
            there, {"shown": carried_by(shown), "password": PASSWORD}, follow=True
        )
        assert done.redirect_chain[-1][0] == url("report-done", report)
        assert "Next is the treatment plan" in words(done)
        report.refresh_from_db()
        assert (report.in_time, report.status) == (True, ReportStatus.RECEIVED)
        assert list(faults()) == []

    def test_gives_it_back_and_the_team_reads_why_where_it_writes(
        self, seats: Desks
    ) -> None:
        report = filed(seats)
        check = url("hazard-report-check", report)
        signed_in(seats.clerk).post(check, page_2(send="1"))
        signed_in(seats.principal).post(
            url("report-return-to-team", report), {"reason": "Name the furnace."}
        )
        assert "Name the furnace." in words(signed_in(seats.clerk).get(check))
        assert (
            "None"
            not in Notice.objects.filter(kind="report_returned_to_team")
            .latest("id")
            .subject
        )

    def test_what_was_lodged_unsigned_is_signed_later(self, seats: Desks) -> None:
        report = filed(seats)
        seats.leader.user.set_password(PASSWORD)
        seats.leader.user.save()
        leader, lodge = signed_in(seats.leader), url("report-lodge", report)
        assert "The hazard is reported." in words(leader.get(lodge))
        reason = {"reason": "The principal is abroad."}
        shown = leader.post(lodge, reason)
        lodged = leader.post(
            lodge,
            {**reason, "shown": carried_by(shown), "password": PASSWORD},
            follow=True,
        )
        assert "unsigned" in words(lodged)
        principal, later = signed_in(seats.principal), url("report-sign-later", report)
        carried = carried_by(principal.get(later))
        done = principal.post(
            later, {"shown": carried, "password": PASSWORD}, follow=True
        )
        assert "signed now" in words(done)
        assert list(faults()) == []


class TestCorrection:
    def test_says_why_and_goes_round_again(
        self, seats: Desks, hazard: MajorHazard
    ) -> None:
        report = hazard.reports.get()
        assert send_back(report, seats, f"hazards[{hazard.number}].harm")
        client = signed_in(seats.clerk)
        begun = client.post(url("report-begin-correction", report))
        assert begun["Location"] == url("hazard-report-edit", report)
        check = url("hazard-report-check", report)
        assert "Say how many." in words(client.get(check))
        revision = str(open_version(report).stated.get().revision)
        form = page_2(send="1", harm="Burns of five", revision=revision)
        refused = client.post(check, form)
        assert "Say why the report is corrected" in words(refused)
        revision = str(open_version(report).stated.get().revision)
        client.post(
            check, {**form, "revision": revision, "correction_reason": "As asked."}
        )
        report.refresh_from_db()
        assert report.status == ReportStatus.AWAITING_SIGNATURE
        signing = words(signed_in(seats.principal).get(url("report-sign", report)))
        assert "What changed since version 1" in signing
        assert "Burns of five" in signing


def send_back(report: SelfInspectionReport, seats: Desks, item: str) -> bool:
    """The bureau returns it with a comment on one item."""
    reviews.return_for_correction(
        report_id=report.pk,
        comments={item: "Say how many."},
        by=seats.reviewer,
        at=timezone.now(),
        seen=1,
    )
    return True


class TestWhereverItIsNamed:
    @pytest.fixture
    def both(self, seats: Desks, hazard: MajorHazard) -> list[SelfInspectionReport]:
        at = timezone.now() - dt.timedelta(minutes=5)
        due_on = timezone.localdate() + dt.timedelta(days=30)
        plan = plan_for(hazard, seats, at=at, due_on=due_on)
        send_and_sign(plan, seats, at=at)
        return list(SelfInspectionReport.objects.order_by("id"))

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_pages_of_the_enterprise_and_of_the_bureau_show_it(
        self, seats: Desks, both: list[SelfInspectionReport], language: str
    ) -> None:
        for who in (seats.clerk, seats.principal, seats.reviewer):
            who.user.language = language
            who.user.save()
            client = signed_in(who)
            client.cookies["django_language"] = language
            pages: list[str] = ["/desk/", "/reports/", "/reports/?kind=plan"]
            for report in both:
                here = [report.public_id, 1]
                pages += [url("report", report), reverse("report-version", args=here)]
            if who == seats.reviewer:
                pages += ["/review/", "/review/?kind=hazard"]
                pages += [url("report-transfer", report) for report in both]
            if who == seats.principal:
                pages += ["/signatures/", *(url("report-done", r) for r in both)]
            for each in pages:
                response = client.get(each)
                assert response.status_code == 200, each
                assert "None" not in words(response), each

    @pytest.mark.parametrize("kind", [ReportKind.HAZARD, ReportKind.PLAN])
    def test_lists_and_queue_narrow_to_a_kind(
        self, seats: Desks, both: list[SelfInspectionReport], kind: ReportKind
    ) -> None:
        client = signed_in(seats.reviewer)
        for there in ("/reports/", "/review/"):
            page_of = client.get(there, {"kind": kind.value}).context["page"]
            assert [report.kind for report in page_of.reports] == [kind]

    def test_copies_of_record_are_set_and_verified(
        self, seats: Desks, both: list[SelfInspectionReport]
    ) -> None:
        for report in both:
            copy = reverse("report-copy", args=[report.public_id, 1])
            response = signed_in(seats.clerk).get(copy)
            assert response["Content-Type"] == "application/pdf"
            seal = report.versions.get().seals.get()
            code = f"{seal.receipt_number}-{seal.content_sha256[:12]}"
            public = words(signed_in(seats.clerk).get(f"/verify/{code}/"))
            assert "Genuine" in public
            assert report.hazard is not None
            assert report.hazard.number not in public

    def test_a_bureau_accepts_it(
        self, seats: Desks, both: list[SelfInspectionReport]
    ) -> None:
        client = signed_in(seats.reviewer)
        for report in both:
            client.post(url("report-accept", report), {"version": "1"})
            report.refresh_from_db()
            assert report.status == ReportStatus.ACCEPTED
        subjects = Notice.objects.filter(kind="report_accepted").values_list(
            "subject", "body"
        )
        assert all("None" not in part for pair in subjects for part in pair)

    def test_no_notice_reads_strangely(
        self, seats: Desks, both: list[SelfInspectionReport]
    ) -> None:
        number = both[0].hazard.number  # type: ignore[union-attr]
        for notice in Notice.objects.all():
            assert number in notice.subject
            assert "  " not in notice.subject
            assert "None" not in notice.body


class TestNewer:
    def test_a_draft_warns_and_takes_over_what_was_said_later(
        self, seats: Desks, draft: SelfInspectionReport
    ) -> None:
        at = a_moment()
        stated = make_hazard(draft, seats, at=at)
        registrations.register(
            report_id=draft.pk, hazard_id=stated.hazard_id, by=seats.clerk, at=at
        )
        later = timezone.now()
        report = hazard_reports.report_at_once(
            hazard_id=stated.hazard_id, by=seats.clerk, at=later
        )
        client = signed_in(seats.clerk)
        edit = url("report-edit", draft)
        assert "described anew" not in words(client.get(edit))
        form = page_1(seats, revision="1", place="Furnace 7")
        client.post(url("hazard-report-edit", report), form)
        said = client.get(edit)
        assert "was described anew" in words(said)
        take = reverse(
            "report-hazard-take-over", args=[draft.public_id, stated.hazard.public_id]
        )
        assert take in page(said)
        before = open_version(draft).stated.get().revision
        for _ in range(2):
            assert client.post(take)["Location"] == edit
        here = open_version(draft).stated.get()
        assert (here.place, here.revision) == ("Furnace 7", before + 1)
        assert "described anew" not in words(client.get(edit))
