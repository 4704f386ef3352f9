"""A report that came on paper, entered by an officer (case 38)."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from django.db.models import Sum

from accounts.models import Membership, Role
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import (
    MajorHazard,
    PrincipalParticipation,
    ReportStatus,
    ReportTally,
    Seal,
    SealKind,
    SelfInspection,
    SelfInspectionReport,
    TeamKind,
)
from hazards.queries import verification
from hazards.rules.statements import ENTERED_FROM_PAPER, statement
from hazards.services import papers, reports, reviews, sealing, signing, versions
from tests.factories import NOW, TODAY, make_acting, make_bureau, make_membership
from tests.factories_reports import (
    QUARTER,
    Desks,
    enter_paper,
    lodge,
    make_desks,
    make_draft,
    make_hazard,
    make_paper,
    make_report,
    make_scan,
    open_version,
    proof_of,
    save,
    shown_to,
    sign,
)
from tests.hazards.services.traces import last_event, people, told

CAME = NOW - dt.timedelta(days=2)
HAZARD = papers.PaperHazard(
    clause="order-10-2023/3(1)", place="会议室", description="设在吊运影响范围内"
)


class TestWithoutADraft:
    def test_is_received_at_the_time_that_the_officer_attests(
        self, desks: Desks
    ) -> None:
        seal = enter_paper(desks)

        report = SelfInspectionReport.objects.get()
        assert report.status == ReportStatus.RECEIVED
        assert (report.first_received_at, report.received_at) == (CAME, CAME)
        assert (report.bureau, report.in_time) == (desks.bureau, True)
        assert not report.is_unsigned
        assert (seal.kind, seal.signed_by) == (
            SealKind.PAPER,
            desks.reviewer.membership,
        )
        assert (seal.received_at, seal.signed_at) == (CAME, NOW)
        assert seal.statement == statement(ENTERED_FROM_PAPER, on=TODAY).zh
        assert list(verification.faults()) == []

    def test_seals_who_attests_what_came_when_and_the_scan(self, desks: Desks) -> None:
        paper = make_paper(desks)

        content = json.loads(bytes(enter_paper(desks, paper).content))

        assert content["act"] == {
            "kind": "paper",
            "received_at": CAME.astimezone(dt.UTC).isoformat(),
            "entered_by": desks.reviewer.user.full_name,
            "bureau": desks.bureau.name,
            "scan": {"sha256": paper.scan.sha256, "media_type": "application/pdf"},
            "note": paper.note,
        }
        assert content["principal"]["name"] == desks.principal.user.full_name
        assert content["statement"]["nothing_found"] is True
        (visit,) = content["inspections"]
        assert (visit["started_on"], visit["ended_on"]) == ("2026-05-12", "2026-05-13")
        assert [person["name"] for person in visit["people"]] == ["周工", "吴工"]
        assert (
            SelfInspectionReport.objects.get().versions.get().paper.scan == paper.scan
        )

    def test_tells_team_and_principal_and_gives_the_receipt(self, desks: Desks) -> None:
        seal = enter_paper(desks)

        assert told("report_received") == people(
            desks.reviewer, desks.clerk, desks.leader, desks.principal
        )
        (notice,) = desks.principal.user.notices.filter(kind="report_received")
        assert "came on paper" in notice.body
        assert seal.receipt_number in notice.subject
        event = last_event(seal.version.report, action="enter-paper")
        assert (event.by, event.note) == (
            desks.reviewer.user,
            "系统故障期间以纸质形式报送。",
        )

    def test_puts_the_hazards_of_the_paper_on_record(self, desks: Desks) -> None:
        seal = enter_paper(desks, make_paper(desks, hazards=[HAZARD]))

        hazard = MajorHazard.objects.get()
        assert hazard.registered_by == desks.reviewer.membership
        assert (hazard.registered_at, hazard.found_at) == (NOW, CAME)
        assert (hazard.first_reported_at, hazard.first_reported_to) == (
            CAME,
            desks.bureau,
        )
        content = json.loads(bytes(seal.content))
        assert content["statement"]["nothing_found"] is False
        (said,) = content["hazards"]
        assert (said["place"], said["description"]) == (
            "会议室",
            "设在吊运影响范围内",
        )
        assert seal.version.report.hazard_count == 1
        assert list(verification.faults()) == []

    def test_records_that_the_principal_took_part_for_him_to_confirm(
        self, desks: Desks
    ) -> None:
        (visit,) = make_paper(desks).visits
        paper = make_paper(desks, visits=[replace(visit, principal_took_part=True)])

        enter_paper(desks, paper)

        part = PrincipalParticipation.objects.get()
        assert (part.principal, part.confirmed_at) == (
            desks.principal.membership,
            None,
        )
        assert told("participation_recorded") == people(desks.principal)

    def test_needs_no_principal_on_record(self, desks: Desks) -> None:
        Membership.objects.filter(pk=desks.principal.membership.pk).update(
            ends_on=TODAY - dt.timedelta(days=40), end_recorded_at=NOW
        )
        content = json.loads(bytes(enter_paper(desks).content))
        assert content["principal"] == {"name": ""}

    def test_is_counted_among_what_the_bureau_received(self, desks: Desks) -> None:
        enter_paper(desks)
        tallies = ReportTally.objects.filter(bureau=desks.bureau, status="received")
        assert tallies.aggregate(n=Sum("change"))["n"] == 1

    def test_is_reviewed_and_corrected_like_any_other(self, desks: Desks) -> None:
        report = enter_paper(desks).version.report
        reviews.return_for_correction(
            report_id=report.pk,
            comments={"report": "请补充范围。"},
            by=desks.colleague,
            at=NOW,
        )
        reports.begin_correction(report_id=report.pk, by=desks.clerk, at=NOW)
        save(report, desks, draft=make_draft(reason="补充范围"))
        reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=NOW)
        sign(report, desks, at=NOW + dt.timedelta(hours=1))
        report.refresh_from_db()
        assert report.first_received_at == CAME
        assert list(verification.faults()) == []

    def test_the_day_after_the_due_day_is_late(self, desks: Desks) -> None:
        late = dt.datetime(2026, 7, 16, 9, 0, tzinfo=NOW.tzinfo)
        paper = make_paper(desks, received_at=late)
        seal = enter_paper(desks, paper, at=late + dt.timedelta(days=1))
        assert not seal.in_time


class TestBesideADraft:
    @pytest.mark.parametrize(
        "status", [ReportStatus.DRAFT, ReportStatus.AWAITING_SIGNATURE]
    )
    def test_leaves_the_report_where_the_enterprise_had_it(
        self, desks: Desks, status: ReportStatus
    ) -> None:
        report = make_report(desks, status=status)
        draft = open_version(report)
        listed = set(draft.listed.values_list("pk", "inspection_id"))

        seal = enter_paper(desks)

        report.refresh_from_db()
        assert report.status == status
        assert (report.first_received_at, report.received_at) == (CAME, CAME)
        assert report.bureau == desks.bureau
        assert seal.version.ordinal == 1
        now = open_version(report)
        assert (now.pk, now.ordinal) == (draft.pk, 2)
        assert (now.scope, now.coverage) == (draft.scope, draft.coverage)
        assert set(now.listed.values_list("pk", "inspection_id")) == listed
        assert seal.receipt_number in now.correction_reason
        assert list(verification.faults()) == []

    def test_keeps_hazards_photos_and_answers_of_the_draft(self, desks: Desks) -> None:
        report = make_report(desks)
        make_hazard(report, desks)
        version = open_version(report)
        before = [
            list(rows.order_by("pk").values())
            for rows in (version.stated, version.checklist, version.photos)
        ]
        assert before[0]
        assert before[1]

        enter_paper(desks)

        version = open_version(report)
        assert version.ordinal == 2
        assert before == [
            list(rows.order_by("pk").values())
            for rows in (version.stated, version.checklist, version.photos)
        ]

    def test_whoever_writes_it_is_told_and_loses_nothing(self, desks: Desks) -> None:
        report = make_report(desks)
        made_from = open_version(report).revision
        enter_paper(desks)

        with pytest.raises(versions.StaleSaveError):
            save(report, desks, draft=make_draft(scope="新写的"), made_from=made_from)

        saved = save(report, desks, draft=make_draft(scope="新写的", reason="更正"))
        assert (saved.ordinal, saved.scope) == (2, "新写的")

    def test_the_enterprise_signs_its_draft_as_the_correction(
        self, desks: Desks
    ) -> None:
        report = make_report(desks)
        enter_paper(desks)
        reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=NOW)
        seal = sign(report, desks, at=NOW + dt.timedelta(hours=1))
        report.refresh_from_db()
        assert (seal.version.ordinal, report.status) == (2, ReportStatus.RECEIVED)
        assert report.first_received_at == CAME
        assert list(verification.faults()) == []

    def test_a_principal_who_has_the_page_open_does_not_sign_what_it_was(
        self, desks: Desks
    ) -> None:
        report = make_report(desks, status=ReportStatus.AWAITING_SIGNATURE)
        shown = shown_to(desks.principal, report)
        enter_paper(desks)
        with pytest.raises(sealing.ChangedSinceShownError):
            signing.sign_off(
                report_id=report.pk,
                shown=shown,
                proof=proof_of(desks.principal),
                by=desks.principal,
                at=NOW,
            )

    def test_says_so_in_the_history_without_telling_of_the_draft(
        self, desks: Desks
    ) -> None:
        report = make_report(desks)
        seal = enter_paper(desks)
        event = last_event(report, action="enter-paper-beside-draft")
        assert event.parameters == {"receipt": seal.receipt_number}
        visible = SelfInspectionReport.objects.visible_to(desks.reviewer)
        assert visible.get() == report


class TestRefusals:
    @pytest.mark.parametrize("how", ["signed", "unsigned", "paper"])
    def test_names_the_receipt_of_what_was_received_before(
        self, desks: Desks, how: str
    ) -> None:
        if how == "paper":
            seal = enter_paper(desks)
        elif how == "unsigned":
            seal = lodge(make_report(desks), desks)
        else:
            report = make_report(desks, status=ReportStatus.RECEIVED)
            seal = Seal.objects.get(version__report=report)
        with pytest.raises(papers.AlreadyReceivedError, match=seal.receipt_number):
            enter_paper(
                desks,
                make_paper(desks, scan=make_scan(desks, of="第二份")),
                at=NOW + dt.timedelta(hours=1),
            )
        assert Seal.objects.get() == seal

    @pytest.mark.parametrize(
        ("when", "sentence"),
        [
            (NOW + dt.timedelta(minutes=1), "cannot come later than now"),
            (
                dt.datetime(2026, 3, 31, 23, 59, tzinfo=NOW.tzinfo),
                "cannot come before its quarter began",
            ),
        ],
    )
    def test_of_a_time_that_cannot_be(
        self, desks: Desks, when: dt.datetime, sentence: str
    ) -> None:
        with pytest.raises(RefusedError, match=sentence):
            enter_paper(desks, make_paper(desks, received_at=when, visits=[]))
        assert not SelfInspectionReport.objects.exists()

    def test_takes_the_first_minute_of_the_quarter(self, desks: Desks) -> None:
        first = dt.datetime(2026, 4, 1, 0, 0, tzinfo=NOW.tzinfo)
        seal = enter_paper(desks, make_paper(desks, received_at=first, visits=[]))
        assert seal.received_at == first

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"ended_on": dt.date(2026, 5, 11)}, "last day lies before the first"),
            ({"ended_on": dt.date(2026, 7, 1)}, "lies outside 2026Q2"),
            ({"started_on": dt.date(2026, 3, 31)}, "lies outside 2026Q2"),
            ({"team": TeamKind.EXTERNAL}, "Name the outside organisation"),
        ],
    )
    def test_of_visits_that_cannot_be(
        self, desks: Desks, changes: dict[str, object], sentence: str
    ) -> None:
        paper = make_paper(desks)
        visit = replace(paper.visits[0], **changes)  # type: ignore[arg-type]
        with pytest.raises(RefusedError, match=sentence):
            enter_paper(desks, replace(paper, visits=[visit]))
        assert not SelfInspection.objects.exists()

    def test_of_a_visit_after_the_paper_came(self, desks: Desks) -> None:
        came = dt.datetime(2026, 5, 12, 9, 0, tzinfo=NOW.tzinfo)
        with pytest.raises(RefusedError, match="cannot end after the paper came"):
            enter_paper(desks, make_paper(desks, received_at=came))

    @pytest.mark.parametrize(
        ("hazard", "sentence"),
        [
            (replace(HAZARD, clause="none"), "Choose a clause"),
            (replace(HAZARD, place=" "), "where it is and what is wrong"),
        ],
    )
    def test_of_hazards_that_cannot_be_found_again(
        self, desks: Desks, hazard: papers.PaperHazard, sentence: str
    ) -> None:
        with pytest.raises(RefusedError, match=sentence):
            enter_paper(desks, make_paper(desks, hazards=[hazard]))

    def test_of_another_s_scan(self, desks: Desks) -> None:
        scan = make_scan(make_desks(bureau=desks.bureau))
        with pytest.raises(RefusedError, match="another enterprise's"):
            enter_paper(desks, make_paper(desks, scan=scan))

    @pytest.mark.parametrize("seat", ["clerk", "leader", "principal"])
    def test_of_the_enterprise_itself(self, desks: Desks, seat: str) -> None:
        with pytest.raises(NotPermittedError, match="Only these may do this"):
            enter_paper(replace(desks, reviewer=getattr(desks, seat)))

    def test_of_an_inspector(self, desks: Desks) -> None:
        inspector = make_acting(Role.INSPECTOR, bureau=desks.bureau)
        with pytest.raises(NotPermittedError, match="Only these may do this"):
            enter_paper(replace(desks, reviewer=inspector))

    def test_of_a_bureau_that_does_not_receive_from_it(self, db: None) -> None:
        above = make_bureau()
        desks = make_desks(bureau=make_bureau(parent=above))
        make_report(desks)
        superior = make_acting(Role.REVIEWER, bureau=above)
        for by in (superior, make_desks().reviewer):
            with pytest.raises(NotPermittedError, match="Another bureau receives"):
                enter_paper(replace(desks, reviewer=by))

    def test_of_who_was_ever_of_the_enterprise(self, desks: Desks) -> None:  # S11
        make_membership(
            Role.CLERK,
            user=desks.reviewer.user,
            enterprise=desks.enterprise,
            ends_on=NOW.date() - dt.timedelta(days=400),
        )
        make_report(desks)
        with pytest.raises(NotPermittedError, match="are or were a member"):
            enter_paper(desks)

    def test_of_another_s_proof(self, desks: Desks) -> None:
        with pytest.raises(RefusedError, match="Prove again who you are"):
            papers.enter_paper(
                enterprise=desks.enterprise,
                paper=make_paper(desks),
                proof=proof_of(desks.colleague),
                by=desks.reviewer,
                at=NOW,
            )

    def test_leaves_nothing_behind(self, desks: Desks) -> None:
        draft = make_report(desks)
        before = list(SelfInspectionReport.objects.values())
        with pytest.raises(RefusedError):
            enter_paper(
                desks, make_paper(desks, received_at=NOW + dt.timedelta(days=1))
            )
        assert list(SelfInspectionReport.objects.values()) == before
        assert open_version(draft).ordinal == 1


def test_takes_no_more_than_the_quarter_it_names(desks: Desks) -> None:
    enter_paper(desks)
    other = make_paper(
        desks,
        quarter=QUARTER.previous(),
        visits=[],
        scan=make_scan(desks, of="上一季度"),
    )
    enter_paper(desks, other, at=NOW + dt.timedelta(hours=1))
    assert SelfInspectionReport.objects.count() == 2
