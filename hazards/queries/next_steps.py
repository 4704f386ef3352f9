"""What has to be done next about a major hazard, by whom and by when."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from accounts.models import EDITOR_ROLES, Acting, Role
from hazards.models import (
    HazardActKind,
    HazardState,
    MajorHazard,
    ReportKind,
    ReportStatus,
    SelfInspectionReport,
)
from hazards.permissions.lives import is_supervised
from hazards.rules.lives import answer_due, day_of


class Party(StrEnum):
    """Who acts next."""

    TEAM = "team"
    PRINCIPAL = "principal"
    # The principal, or the leader of the team.
    LEADERS = "leaders"
    BUREAU = "bureau"


class Step(StrEnum):
    """What is done next."""

    FINISH_REPORT = "finish-report"
    SIGN_REPORT = "sign-report"
    REPORT = "report"
    PLAN = "plan"
    SIGN_PLAN = "sign-plan"
    RECTIFY = "rectify"
    ANSWER_EXTENSION = "answer-extension"
    CONFIRM_ACCEPTANCE = "confirm-acceptance"
    APPLY_FOR_RECHECK = "apply-for-recheck"
    CLOSE = "close"
    RECHECK = "recheck"


_TAKEN_BY = {
    Party.TEAM: EDITOR_ROLES,
    Party.PRINCIPAL: {Role.PRINCIPAL},
    Party.LEADERS: {Role.PRINCIPAL, Role.TEAM_LEADER},
    Party.BUREAU: frozenset[Role](),
}


@dataclass(frozen=True)
class NextStep:
    """
    One step, who takes it and by when, if there is a day (Asia/Shanghai); the act that
    takes it, or the report with which it is taken.
    """

    step: Step
    party: Party
    by: dt.date | None = None
    act: HazardActKind | None = None
    report: SelfInspectionReport | None = None

    def waits_for(self, acting: Acting) -> bool:
        """Whether it is one that the person's role at the enterprise takes."""
        return acting.role in _TAKEN_BY[self.party]


def next_steps(
    hazard: MajorHazard,
    *,
    acceptance_waits: bool,
    extension_by_bureau: bool,
    writing: Iterable[SelfInspectionReport],
) -> list[NextStep]:
    """
    What is to be done, the most pressing first; nothing once the hazard is off the
    books. No queries.

    :param writing: reports not received yet whose open version names the hazard
    """
    steps = []
    if hazard.extension_asked_at is not None and _is_known(hazard):
        steps.append(
            NextStep(
                Step.ANSWER_EXTENSION,
                Party.BUREAU if extension_by_bureau else Party.PRINCIPAL,
                by=answer_due(day_of(hazard.extension_asked_at)),
                act=HazardActKind.ANSWER_EXTENSION,
            )
        )
    if acceptance_waits and _is_known(hazard):
        steps.append(
            NextStep(
                Step.CONFIRM_ACCEPTANCE,
                Party.PRINCIPAL,
                by=hazard.due_on,
                act=HazardActKind.CONFIRM_ACCEPTANCE,
            )
        )
    else:
        steps += _by_state(hazard, list(writing))
    return steps


def _is_known(hazard: MajorHazard) -> bool:
    """Whether its rectification runs."""
    return hazard.state in _RUNS


_RUNS = (HazardState.REPORTED, HazardState.PLANNED, HazardState.RECTIFYING)


def _by_state(
    hazard: MajorHazard, writing: list[SelfInspectionReport]
) -> list[NextStep]:
    match hazard.state:
        case HazardState.FOUND | HazardState.REGISTERED:
            return [_report(writing)]
        case HazardState.REPORTED:
            return [_plan(hazard, writing)]
        case HazardState.PLANNED | HazardState.RECTIFYING:
            return [
                NextStep(
                    Step.RECTIFY,
                    Party.TEAM,
                    by=hazard.due_on,
                    act=HazardActKind.PROGRESS,
                )
            ]
        case HazardState.ACCEPTED:
            return [_after_acceptance(hazard)]
        case HazardState.AWAITING_RECHECK:
            return [
                NextStep(
                    Step.RECHECK,
                    Party.BUREAU,
                    by=hazard.recheck_due_on,
                    act=HazardActKind.PASS_RECHECK,
                )
            ]
    return []


def _report(writing: list[SelfInspectionReport]) -> NextStep:
    """The report at once, where one is begun; else the quarter's that names it."""
    at_once = [one for one in writing if one.kind == ReportKind.HAZARD]
    report = next(iter(at_once or writing), None)
    if report is None:
        return NextStep(Step.REPORT, Party.TEAM)
    if report.status == ReportStatus.AWAITING_SIGNATURE:
        return NextStep(Step.SIGN_REPORT, Party.PRINCIPAL, report=report)
    return NextStep(Step.FINISH_REPORT, Party.TEAM, report=report)


def _plan(hazard: MajorHazard, writing: list[SelfInspectionReport]) -> NextStep:
    plans = [one for one in writing if one.kind == ReportKind.PLAN]
    for plan in plans:
        if plan.status == ReportStatus.AWAITING_SIGNATURE:
            return NextStep(
                Step.SIGN_PLAN, Party.PRINCIPAL, by=hazard.due_on, report=plan
            )
    return NextStep(
        Step.PLAN, Party.TEAM, by=hazard.due_on, report=next(iter(plans), None)
    )


def _after_acceptance(hazard: MajorHazard) -> NextStep:
    if is_supervised(hazard):
        act = HazardActKind.APPLY_FOR_RECHECK
        return NextStep(Step.APPLY_FOR_RECHECK, Party.TEAM, act=act)
    return NextStep(Step.CLOSE, Party.LEADERS, act=HazardActKind.CLOSE)
