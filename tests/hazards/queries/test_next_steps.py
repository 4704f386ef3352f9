"""What is next about a hazard, by whom and by when."""

import datetime as dt
from typing import Any

import pytest

from accounts.models import Acting, Membership, Role
from hazards.models import (
    HazardState,
    MajorHazard,
    ReportKind,
    ReportStatus,
    SelfInspectionReport,
)
from hazards.queries.next_steps import NextStep, Party, Step, next_steps
from tests.factories import NOW

DUE_ON = dt.date(2026, 9, 30)
RECHECK_ON = dt.date(2026, 10, 9)


def steps(
    state: HazardState,
    *,
    waits: bool = False,
    by_bureau: bool = False,
    writing: tuple[SelfInspectionReport, ...] = (),
    **columns: Any,
) -> list[NextStep]:
    hazard = MajorHazard(
        state=state, due_on=DUE_ON, recheck_due_on=RECHECK_ON, **columns
    )
    return next_steps(
        hazard,
        acceptance_waits=waits,
        extension_by_bureau=by_bureau,
        writing=writing,
    )


def report(kind: ReportKind, status: ReportStatus) -> SelfInspectionReport:
    return SelfInspectionReport(kind=kind, status=status)


@pytest.mark.parametrize(
    ("party", "roles"),
    [
        (Party.TEAM, {Role.CLERK, Role.TEAM_LEADER}),
        (Party.PRINCIPAL, {Role.PRINCIPAL}),
        (Party.LEADERS, {Role.PRINCIPAL, Role.TEAM_LEADER}),
        (Party.BUREAU, set()),
    ],
)
def test_a_step_waits_for_those_who_may_take_it(party: Party, roles: set[Role]) -> None:
    step = NextStep(Step.CLOSE, party)
    assert {
        role
        for role in Role
        if step.waits_for(Acting(Membership(role=role), on=DUE_ON))
    } == roles


@pytest.mark.parametrize(
    ("state", "step", "party", "by"),
    [
        (HazardState.FOUND, Step.REPORT, Party.TEAM, None),
        (HazardState.REGISTERED, Step.REPORT, Party.TEAM, None),
        (HazardState.REPORTED, Step.PLAN, Party.TEAM, DUE_ON),
        (HazardState.PLANNED, Step.RECTIFY, Party.TEAM, DUE_ON),
        (HazardState.RECTIFYING, Step.RECTIFY, Party.TEAM, DUE_ON),
        (HazardState.ACCEPTED, Step.CLOSE, Party.LEADERS, None),
        (HazardState.AWAITING_RECHECK, Step.RECHECK, Party.BUREAU, RECHECK_ON),
    ],
)
def test_each_state_has_its_step(
    state: HazardState, step: Step, party: Party, by: dt.date | None
) -> None:
    (one,) = steps(state)
    assert (one.step, one.party, one.by) == (step, party, by)


@pytest.mark.parametrize(
    "state",
    [
        HazardState.CLOSED,
        HazardState.DOWNGRADED,
        HazardState.VOIDED,
        HazardState.HANDED_OVER,
    ],
)
def test_what_is_off_the_books_has_none(state: HazardState) -> None:
    assert steps(state, waits=True, extension_asked_at=NOW) == []


@pytest.mark.parametrize(
    ("kind", "status", "step", "party"),
    [
        ("hazard", "draft", Step.FINISH_REPORT, Party.TEAM),
        ("hazard", "awaiting_signature", Step.SIGN_REPORT, Party.PRINCIPAL),
        ("quarterly", "awaiting_signature", Step.SIGN_REPORT, Party.PRINCIPAL),
    ],
)
def test_a_report_being_written_is_finished_or_signed(
    kind: str, status: str, step: Step, party: Party
) -> None:
    begun = report(ReportKind(kind), ReportStatus(status))
    (one,) = steps(HazardState.REGISTERED, writing=(begun,))
    assert (one.step, one.party, one.report) == (step, party, begun)


def test_the_report_at_once_comes_before_that_of_the_quarter() -> None:
    quarter = report(ReportKind.QUARTERLY, ReportStatus.AWAITING_SIGNATURE)
    at_once = report(ReportKind.HAZARD, ReportStatus.DRAFT)
    (one,) = steps(HazardState.REGISTERED, writing=(quarter, at_once))
    assert one.report is at_once


@pytest.mark.parametrize(
    ("status", "step", "party"),
    [
        ("draft", Step.PLAN, Party.TEAM),
        ("awaiting_signature", Step.SIGN_PLAN, Party.PRINCIPAL),
    ],
)
def test_a_plan_being_written_is_finished_or_signed(
    status: str, step: Step, party: Party
) -> None:
    plan = report(ReportKind.PLAN, ReportStatus(status))
    quarter = report(ReportKind.QUARTERLY, ReportStatus.DRAFT)
    (one,) = steps(HazardState.REPORTED, writing=(quarter, plan))
    assert (one.step, one.party, one.report) == (step, party, plan)


@pytest.mark.parametrize("column", [{"is_ordered": True}, {"listed": "city"}])
def test_what_the_bureau_supervises_is_re_checked_instead_of_closed(
    column: dict[str, Any],
) -> None:
    (one,) = steps(HazardState.ACCEPTED, **column)
    assert (one.step, one.party) == (Step.APPLY_FOR_RECHECK, Party.TEAM)


@pytest.mark.parametrize(
    ("by_bureau", "party"), [(True, Party.BUREAU), (False, Party.PRINCIPAL)]
)
def test_more_time_is_answered_while_the_work_goes_on(
    party: Party, *, by_bureau: bool
) -> None:
    answer, work = steps(
        HazardState.RECTIFYING, by_bureau=by_bureau, extension_asked_at=NOW
    )
    assert (answer.step, answer.party) == (Step.ANSWER_EXTENSION, party)
    assert answer.by == dt.date(2026, 7, 11)
    assert work.step == Step.RECTIFY


def test_an_acceptance_waits_for_the_principal() -> None:
    (one,) = steps(HazardState.RECTIFYING, waits=True)
    assert (one.step, one.party) == (Step.CONFIRM_ACCEPTANCE, Party.PRINCIPAL)
