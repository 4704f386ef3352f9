"""Writing a report, up to the principal's desk and back."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from accounts.models import Acting, Membership, Role
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import ReportStatus, SelfInspectionReport
from hazards.rules.quarters import Quarter
from hazards.services import inspections, reports, versions
from tests.factories import NOW, make_acting, make_enterprise
from tests.factories_reports import (
    QUARTER,
    Desks,
    correct,
    make_desks,
    make_draft,
    make_inspection,
    make_report,
    make_visit,
    open_version,
    save,
)
from tests.hazards.services.traces import last_event, people, told, written


@pytest.mark.parametrize("status", ReportStatus)
def test_every_status_is_reached_through_the_services(
    desks: Desks, status: ReportStatus
) -> None:
    assert make_report(desks, status=status).status == status


# start


def test_starting_lists_the_visits_of_the_quarter_and_leaves_an_event(
    desks: Desks,
) -> None:
    visit = make_inspection(desks)
    make_inspection(desks, on=dt.date(2026, 7, 1))

    report = reports.start(quarter=QUARTER, by=desks.clerk, at=NOW)

    version = open_version(report)
    assert (report.enterprise, report.quarter) == (desks.enterprise, QUARTER)
    assert (report.status, report.bureau, report.started_at) == ("draft", None, NOW)
    assert (version.ordinal, version.revision, version.nothing_found) == (1, 1, None)
    assert (version.created_by, version.saved_by) == (desks.clerk.membership,) * 2
    assert [listing.inspection for listing in version.listed.all()] == [visit]
    event = last_event(report)
    assert (event.action, event.at) == ("start-report", NOW)
    assert (event.by, event.membership) == (desks.clerk.user, desks.clerk.membership)
    assert (event.enterprise, event.bureau) == (desks.enterprise, None)
    assert event.parameters == {"quarter": "2026Q2", "number": report.number}


def test_starting_again_returns_the_report_there_is(desks: Desks) -> None:
    report = reports.start(quarter=QUARTER, by=desks.clerk, at=NOW)
    before = written()
    assert reports.start(quarter=QUARTER, by=desks.leader, at=NOW) == report
    assert written() == before


def test_the_running_quarter_can_be_started_but_not_the_next(desks: Desks) -> None:
    running = Quarter.containing(NOW.date())
    assert reports.start(quarter=running, by=desks.clerk, at=NOW).quarter == running
    with pytest.raises(RefusedError, match="2026Q4"):
        reports.start(quarter=running.next(), by=desks.clerk, at=NOW)


def test_a_number_tells_the_quarter_and_cannot_be_counted_through(
    desks: Desks,
) -> None:
    numbers = [
        reports.start(quarter=QUARTER.shifted(-back), by=desks.clerk, at=NOW).number
        for back in (0, 1)
    ]
    assert [number[:10] for number in numbers] == ["JB-2026Q2-", "JB-2026Q1-"]
    assert len({number[10:] for number in numbers}) == 2


@pytest.mark.parametrize("desk", ["member", "principal", "reviewer", "head"])
def test_only_clerk_and_team_leader_start_a_report(desks: Desks, desk: str) -> None:
    with pytest.raises(NotPermittedError, match="clerk"):
        reports.start(quarter=QUARTER, by=getattr(desks, desk), at=NOW)
    assert not SelfInspectionReport.objects.exists()


def test_a_membership_without_an_enterprise_writes_nothing(db: None) -> None:
    nowhere = Acting(membership=Membership(role=Role.CLERK), on=NOW.date())
    with pytest.raises(RefusedError, match="Switch to one of your enterprise roles"):
        reports.start(quarter=QUARTER, by=nowhere, at=NOW)
    visit = make_visit(make_desks())
    with pytest.raises(RefusedError, match="Switch to one of your enterprise roles"):
        inspections.record(visit=visit, by=nowhere, at=NOW)


# save


def test_a_save_keeps_who_wrote_it_and_when(desks: Desks) -> None:
    report = make_report(desks)
    at = NOW + dt.timedelta(hours=1)

    version = reports.save_draft(
        report_id=report.pk,
        made_from=2,
        draft=make_draft(scope="只查了仓库"),
        inspection_ids=[],
        by=desks.leader,
        at=at,
    )

    version.refresh_from_db()
    assert (version.scope, version.revision) == ("只查了仓库", 3)
    assert (version.saved_at, version.saved_by) == (at, desks.leader.membership)
    assert version.created_by == desks.clerk.membership
    assert not version.listed.exists()


def test_a_stale_save_is_refused_with_what_stands_and_overwrites_nothing(
    desks: Desks,
) -> None:
    report = make_report(desks)
    theirs = save(report, desks, draft=make_draft(scope="第一份"))

    leader_writes = replace(desks, clerk=desks.leader)
    with pytest.raises(versions.StaleSaveError) as refused:
        save(report, leader_writes, draft=make_draft(scope="第二份"), made_from=2)

    assert desks.clerk.user.full_name in str(refused.value)
    assert open_version(report).scope == "第一份"
    assert open_version(report).revision == theirs.revision


def test_the_same_save_sent_twice_is_one(desks: Desks) -> None:
    report = make_report(desks)
    first = save(report, desks, draft=make_draft(scope="一次"), made_from=2)
    again = save(report, desks, draft=make_draft(scope="一次"), made_from=2)
    assert again.revision == first.revision == 3


def test_a_visit_of_another_enterprise_or_quarter_is_never_listed(
    desks: Desks,
) -> None:
    report = make_report(desks)
    own = make_inspection(desks)
    foreign = make_inspection(make_desks())
    later = make_inspection(desks, on=dt.date(2026, 7, 1))

    save(report, desks, inspection_ids=[own.pk, foreign.pk, later.pk])

    assert [row.inspection for row in open_version(report).listed.all()] == [own]


def test_a_visit_moved_to_another_quarter_falls_out_at_the_next_save(
    desks: Desks,
) -> None:
    report = make_report(desks)
    listing = open_version(report).listed.get()
    inspections.amend(
        inspection_id=listing.inspection_id,
        made_from=1,
        visit=make_visit(desks, on=dt.date(2026, 3, 31)),
        by=desks.clerk,
        at=NOW,
    )
    with pytest.raises(versions.IncompleteError, match="another quarter"):
        reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=NOW)

    save(report, desks, inspection_ids=[listing.inspection_id])

    assert not open_version(report).listed.exists()


@pytest.mark.parametrize("status", set(ReportStatus) - {ReportStatus.DRAFT})
def test_only_a_draft_is_written(desks: Desks, status: ReportStatus) -> None:
    report = make_report(desks, status=status)
    with pytest.raises(NotPermittedError, match="Only a draft can be changed"):
        reports.save_draft(
            report_id=report.pk,
            made_from=2,
            draft=make_draft(scope="改"),
            inspection_ids=[],
            by=desks.clerk,
            at=NOW,
        )


@pytest.mark.parametrize("desk", ["member", "principal", "reviewer"])
def test_only_clerk_and_team_leader_write(desks: Desks, desk: str) -> None:
    report = make_report(desks)
    with pytest.raises(NotPermittedError, match="Only these may do this"):
        save(report, replace(desks, clerk=getattr(desks, desk)))


def test_another_enterprise_writes_nothing_into_a_report(desks: Desks) -> None:
    report = make_report(desks)
    with pytest.raises(NotPermittedError, match="another enterprise"):
        save(report, make_desks(bureau=desks.bureau))


# send, withdraw, return to team


def test_sending_tells_the_principal(desks: Desks) -> None:
    report = make_report(desks)

    reports.send_for_signature(report_id=report.pk, by=desks.leader, at=NOW)

    report.refresh_from_db()
    assert report.status == ReportStatus.AWAITING_SIGNATURE
    assert told("report_awaits_signature") == people(desks.principal)
    event = last_event(report)
    assert (event.action, event.by) == ("send-for-signature", desks.leader.user)
    assert (event.membership, event.at) == (desks.leader.membership, NOW)


def test_what_is_missing_is_said_all_at_once(desks: Desks) -> None:
    report = reports.start(quarter=QUARTER, by=desks.clerk, at=NOW)
    with pytest.raises(versions.IncompleteError) as refused:
        reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=NOW)
    assert len(refused.value.blockers) == 4
    assert "at least one inspection held in 2026Q2" in refused.value.blockers[0]
    report.refresh_from_db()
    assert report.status == ReportStatus.DRAFT
    assert last_event(report).action == "start-report"
    assert told("report_awaits_signature") == set()


def test_without_principal_or_bureau_nothing_is_sent(db: None) -> None:
    enterprise = make_enterprise(assigned=False)
    clerk = make_acting(Role.CLERK, enterprise=enterprise)
    report = reports.start(quarter=QUARTER, by=clerk, at=NOW)
    with pytest.raises(versions.IncompleteError) as refused:
        reports.send_for_signature(report_id=report.pk, by=clerk, at=NOW)
    assert any("knows no principal" in what for what in refused.value.blockers)
    assert any("No bureau is assigned" in what for what in refused.value.blockers)


def test_a_correction_without_its_reason_is_not_sent(desks: Desks) -> None:
    report = make_report(desks, status=ReportStatus.RETURNED)
    reports.begin_correction(report_id=report.pk, by=desks.clerk, at=NOW)
    with pytest.raises(versions.IncompleteError, match="why the report is corrected"):
        reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=NOW)


def test_a_visit_that_has_not_ended_is_not_sent(desks: Desks) -> None:
    report = make_report(desks)
    yesterday = replace(desks.clerk, on=dt.date(2026, 5, 1))
    with pytest.raises(versions.IncompleteError, match="has not ended yet"):
        reports.send_for_signature(report_id=report.pk, by=yesterday, at=NOW)


def test_withdrawing_makes_it_a_draft_again(desks: Desks) -> None:
    report = make_report(desks, status=ReportStatus.AWAITING_SIGNATURE)
    reports.withdraw(report_id=report.pk, by=desks.leader, at=NOW)
    report.refresh_from_db()
    assert report.status == ReportStatus.DRAFT
    event = last_event(report)
    assert (event.action, event.membership) == ("withdraw", desks.leader.membership)


def test_sent_again_the_principal_is_told_again(desks: Desks) -> None:
    report = make_report(desks, status=ReportStatus.AWAITING_SIGNATURE)
    later = NOW + dt.timedelta(minutes=1)
    reports.withdraw(report_id=report.pk, by=desks.clerk, at=later)
    reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=later)
    assert desks.principal.user.notices.count() == 2


def test_the_principal_returns_it_to_the_team_with_a_reason(desks: Desks) -> None:
    report = make_report(desks, status=ReportStatus.AWAITING_SIGNATURE)

    reports.return_to_team(
        report_id=report.pk, reason="漏了仓库", by=desks.principal, at=NOW
    )

    report.refresh_from_db()
    assert report.status == ReportStatus.DRAFT
    event = last_event(report)
    assert (event.action, event.note) == ("return-to-team", "漏了仓库")
    assert event.membership == desks.principal.membership
    assert told("report_returned_to_team") == people(desks.clerk, desks.leader)


def test_without_a_reason_nothing_is_returned(desks: Desks) -> None:
    report = make_report(desks, status=ReportStatus.AWAITING_SIGNATURE)
    with pytest.raises(RefusedError, match="Say why"):
        reports.return_to_team(
            report_id=report.pk, reason=" ", by=desks.principal, at=NOW
        )
    report.refresh_from_db()
    assert report.status == ReportStatus.AWAITING_SIGNATURE


@pytest.mark.parametrize("desk", ["clerk", "leader", "member", "reviewer"])
def test_only_the_principal_returns_to_the_team(desks: Desks, desk: str) -> None:
    report = make_report(desks, status=ReportStatus.AWAITING_SIGNATURE)
    with pytest.raises(NotPermittedError, match="principal"):
        reports.return_to_team(
            report_id=report.pk, reason="漏了仓库", by=getattr(desks, desk), at=NOW
        )


# correction


def test_a_correction_copies_the_last_version_and_keeps_the_first_receipt(
    desks: Desks,
) -> None:
    report = make_report(desks, status=ReportStatus.RETURNED)
    first = report.versions.get()
    tomorrow = NOW + dt.timedelta(days=1)

    version = reports.begin_correction(report_id=report.pk, by=desks.clerk, at=tomorrow)

    assert (version.ordinal, version.scope) == (2, first.scope)
    assert (version.nothing_found, version.coverage) == (True, first.coverage)
    assert version.correction_reason == ""
    assert [row.inspection for row in version.listed.all()] == [
        row.inspection for row in first.listed.all()
    ]
    assert last_event(report).action == "begin-correction"
    save(report, desks, draft=make_draft(scope="全部", reason="补充"), at=tomorrow)
    reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=tomorrow)
    report.refresh_from_db()
    assert (report.first_received_at, report.received_at) == (NOW, NOW)


def test_a_signed_correction_has_its_own_receipt_and_the_first_stays(
    desks: Desks,
) -> None:
    report = make_report(desks, status=ReportStatus.RETURNED)
    first = report.versions.get().seals.get()

    second = correct(report, desks, at=NOW + dt.timedelta(days=200))

    report.refresh_from_db()
    assert report.first_received_at == first.received_at == NOW
    assert report.received_at == second.received_at == NOW + dt.timedelta(days=200)
    assert (first.in_time, second.in_time) == (True, False)
    assert report.reviewer is None
    assert (second.chain_entry.ordinal, first.chain_entry.ordinal) == (2, 1)
    assert second.chain_entry.previous_sha256 == first.chain_entry.entry_sha256


@pytest.mark.parametrize("status", set(ReportStatus) - {ReportStatus.RETURNED})
def test_only_a_returned_report_is_corrected(
    desks: Desks, status: ReportStatus
) -> None:
    report = make_report(desks, status=status)
    with pytest.raises(NotPermittedError, match=str(status.label)):
        reports.begin_correction(report_id=report.pk, by=desks.clerk, at=NOW)


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        (reports.send_for_signature, ReportStatus.DRAFT),
        (reports.withdraw, ReportStatus.AWAITING_SIGNATURE),
        (reports.begin_correction, ReportStatus.RETURNED),
    ],
)
@pytest.mark.parametrize("who", ["member", "principal", "reviewer", "stranger"])
def test_the_team_s_verbs_are_refused_to_all_others(
    desks: Desks, verb: Callable[..., object], status: ReportStatus, who: str
) -> None:
    report = make_report(desks, status=status)
    by: Acting = make_desks().clerk if who == "stranger" else getattr(desks, who)
    before = written()
    with pytest.raises(NotPermittedError):
        verb(report_id=report.pk, by=by, at=NOW)
    report.refresh_from_db()
    assert (report.status, written()) == (status, before)
