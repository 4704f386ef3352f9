"""A report handed to the bureau that has jurisdiction (case 24)."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db.models import Sum

from accounts.models import Acting, Role
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import (
    ReportStatus,
    ReportTally,
    ReportTransfer,
    SelfInspectionReport,
)
from hazards.queries import verification
from hazards.services import reviews, transfers
from tests.database.stages import stage
from tests.factories import NOW, make_acting, make_bureau, make_membership
from tests.factories_reports import Desks, correct, make_desks, make_report
from tests.hazards.services.traces import last_event, people, told

LATER = NOW + dt.timedelta(hours=3)
WRONG_BUREAU = "该企业注册地在邻县，由其属地应急管理局管辖。"


@stage
def others(desks: Desks) -> Desks:
    """The bureau that has jurisdiction, with an enterprise of its own."""
    return make_desks()


@stage
def received(desks: Desks) -> SelfInspectionReport:
    """A report at the wrong bureau."""
    return make_report(desks, status=ReportStatus.RECEIVED)


def hand_on(
    report: SelfInspectionReport, to: Desks, by: Acting, *, reason: str = WRONG_BUREAU
) -> ReportTransfer:
    return transfers.transfer(
        report_id=report.pk, to=to.bureau, reason=reason, by=by, at=LATER
    )


def seen_by(by: Acting) -> set[int]:
    visible = SelfInspectionReport.objects.visible_to(by)
    return set(visible.values_list("pk", flat=True))


@pytest.mark.parametrize("status", [ReportStatus.RECEIVED, ReportStatus.UNDER_REVIEW])
def test_goes_to_the_other_bureau_with_its_first_time_kept(
    desks: Desks, others: Desks, status: ReportStatus
) -> None:
    report = make_report(desks, status=status)

    handed = hand_on(report, others, desks.reviewer)

    report.refresh_from_db()
    assert (report.bureau, report.reviewer) == (others.bureau, None)
    assert report.status == ReportStatus.RECEIVED
    assert (report.first_received_at, report.received_at) == (NOW, NOW)
    assert report.in_time
    assert (handed.from_bureau, handed.to_bureau) == (desks.bureau, others.bureau)
    assert (handed.reason, handed.at) == (WRONG_BUREAU, LATER)
    assert handed.by == desks.reviewer.membership
    assert list(verification.faults()) == []


def test_tells_the_enterprise_and_the_other_bureau(
    desks: Desks, others: Desks, received: SelfInspectionReport
) -> None:
    hand_on(received, others, desks.head)

    assert told("report_transferred") == people(
        desks.clerk,
        desks.leader,
        desks.principal,
        others.reviewer,
        others.colleague,
        others.head,
    )
    event = last_event(received, action="transfer")
    assert (event.by, event.note) == (desks.head.user, WRONG_BUREAU)


def test_leaves_the_queue_but_can_still_be_read(
    desks: Desks, others: Desks, received: SelfInspectionReport
) -> None:
    assert received.pk not in seen_by(others.reviewer)

    hand_on(received, others, desks.reviewer)

    waiting = SelfInspectionReport.objects.awaiting_review
    assert not waiting(desks.bureau).exists()
    assert waiting(others.bureau).get() == received
    assert received.pk in seen_by(desks.reviewer)
    assert received.pk in seen_by(others.reviewer)
    assert received.pk not in seen_by(make_desks().reviewer)


def test_what_is_kept_of_counts_moves_with_it(
    desks: Desks, others: Desks, received: SelfInspectionReport
) -> None:
    hand_on(received, others, desks.reviewer)
    tallies = ReportTally.objects.filter(status="received")
    for bureau, count in ((desks.bureau, 0), (others.bureau, 1)):
        found = tallies.filter(bureau=bureau).aggregate(n=Sum("change"))["n"]
        assert (found or 0) == count


def test_the_other_bureau_answers_it(
    desks: Desks, others: Desks, received: SelfInspectionReport
) -> None:
    hand_on(received, others, desks.reviewer)
    with pytest.raises(NotPermittedError, match="only that bureau answers it"):
        reviews.accept(report_id=received.pk, by=desks.reviewer, at=LATER)
    reviews.accept(report_id=received.pk, by=others.reviewer, at=LATER)
    received.refresh_from_db()
    assert received.status == ReportStatus.ACCEPTED
    assert list(verification.faults()) == []


def test_a_correction_goes_where_the_enterprise_is_assigned(
    desks: Desks, others: Desks, received: SelfInspectionReport
) -> None:
    hand_on(received, others, desks.reviewer)
    reviews.return_for_correction(
        report_id=received.pk,
        comments={"report": "请更正。"},
        by=others.reviewer,
        at=LATER,
    )
    correct(received, desks)
    received.refresh_from_db()
    assert received.bureau == desks.bureau
    assert received.first_received_at == NOW
    assert list(verification.faults()) == []


def test_refuses_the_bureau_at_which_it_stands(
    desks: Desks, received: SelfInspectionReport
) -> None:
    with pytest.raises(RefusedError, match="choose another bureau"):
        hand_on(received, desks, desks.reviewer)
    assert not ReportTransfer.objects.exists()


@pytest.mark.parametrize("status", [ReportStatus.ACCEPTED, ReportStatus.RETURNED])
def test_refuses_what_is_answered(
    desks: Desks, others: Desks, status: ReportStatus
) -> None:
    report = make_report(desks, status=status)
    with pytest.raises(NotPermittedError, match="so this cannot be done to it"):
        hand_on(report, others, desks.reviewer)


def test_refuses_to_be_handed_on_twice(
    desks: Desks, others: Desks, received: SelfInspectionReport
) -> None:
    hand_on(received, others, desks.reviewer)
    with pytest.raises(NotPermittedError, match="Another bureau received this report"):
        hand_on(received, make_desks(), desks.colleague)


def test_refuses_without_a_reason(
    desks: Desks, others: Desks, received: SelfInspectionReport
) -> None:
    with pytest.raises(RefusedError, match="Say why"):
        hand_on(received, others, desks.reviewer, reason=" ")


@pytest.mark.parametrize(
    "seat", [Role.INSPECTOR, Role.DECIDING_OFFICER, Role.TOWNSHIP_ASSISTANT]
)
def test_is_for_reviewers_and_the_head(
    desks: Desks, others: Desks, received: SelfInspectionReport, seat: Role
) -> None:
    by = make_acting(seat, bureau=desks.bureau)
    with pytest.raises(NotPermittedError, match="Only these may do this"):
        hand_on(received, others, by)


def test_refuses_who_was_ever_of_the_enterprise(  # S11
    desks: Desks, others: Desks, received: SelfInspectionReport
) -> None:
    make_membership(
        Role.CLERK,
        user=desks.reviewer.user,
        enterprise=desks.enterprise,
        ends_on=NOW.date() - dt.timedelta(days=400),
    )
    with pytest.raises(NotPermittedError, match="are or were a member"):
        hand_on(received, others, desks.reviewer)


def test_those_above_the_old_bureau_read_it_too(desks: Desks) -> None:
    above = make_bureau()
    here = make_desks(bureau=make_bureau(parent=above))
    report = make_report(here, status=ReportStatus.RECEIVED)
    hand_on(report, desks, here.reviewer)
    assert report.pk in seen_by(make_acting(Role.REVIEWER, bureau=above))
    assert report.pk not in seen_by(
        replace(
            here.reviewer,
            membership=make_membership(Role.REVIEWER, bureau=make_bureau()),
        )
    )
