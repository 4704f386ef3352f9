"""
How a duty stands in the words of the desk: from its row and the quarter's report. The
six stored states say what the law asks; these say what people do next.
"""

import datetime as dt
from enum import StrEnum

from hazards.models import OWED, Obligation, ReportStatus, SelfInspectionReport
from hazards.rules.obligations import ObligationState

DUE_SOON = dt.timedelta(days=14)
"""So long before its due instant a duty is due soon."""


class Standing(StrEnum):
    """How a quarter stands."""

    OPEN = "open"
    DUE_SOON = "due-soon"
    AWAITING_SIGNATURE = "awaiting-signature"
    RETURNED = "returned"
    FILED = "filed"
    FILED_LATE = "filed-late"
    EXEMPT = "exempt"
    TO_BE_JUDGED = "to-be-judged"
    MISSING = "missing"


class Turn(StrEnum):
    """Whose turn it is."""

    TEAM = "team"
    PRINCIPAL = "principal"
    BUREAU = "bureau"
    NOBODY = "nobody"


_BY_OUTLOOK = {
    ObligationState.EXEMPT: Standing.EXEMPT,
    ObligationState.SATISFIED: Standing.FILED,
    ObligationState.SATISFIED_LATE: Standing.FILED_LATE,
    ObligationState.PENDING: Standing.TO_BE_JUDGED,
}
_BY_STATUS = {
    ReportStatus.AWAITING_SIGNATURE: Standing.AWAITING_SIGNATURE,
    ReportStatus.RETURNED: Standing.RETURNED,
}
_TURNS = {
    ReportStatus.AWAITING_SIGNATURE: Turn.PRINCIPAL,
    ReportStatus.RECEIVED: Turn.BUREAU,
    ReportStatus.UNDER_REVIEW: Turn.BUREAU,
    ReportStatus.RETURNED: Turn.TEAM,
    ReportStatus.ACCEPTED: Turn.NOBODY,
}


def is_over(duty: Obligation, at: dt.datetime) -> bool:
    """Whether its due day has ended, also where the clock has not moved it yet."""
    return duty.state != ObligationState.NOT_DUE or at > duty.due_at


def standing(
    duty: Obligation, report: SelfInspectionReport | None, *, at: dt.datetime
) -> Standing:
    """Say how the quarter stands at the instant."""
    status = ReportStatus(report.status) if report else ReportStatus.DRAFT
    outlook = ObligationState(duty.outlook)
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if outlook in _BY_OUTLOOK:
        return _BY_OUTLOOK[outlook]
    if is_over(duty, at):
        return Standing.MISSING
    return Standing.DUE_SOON if duty.due_at - at <= DUE_SOON else Standing.OPEN


def turn(duty: Obligation | None, report: SelfInspectionReport | None) -> Turn:
    """
    Say whose turn it is. A bureau that has a report which satisfies nothing answers
    it, and it decides a stop that was declared.
    """
    outlook = ObligationState(duty.outlook) if duty else ObligationState.MISSING
    begun = report is not None and report.status != ReportStatus.DRAFT
    if report is None or not begun:
        return _unsent(outlook, is_correction=_was_received(report))
    whose = _TURNS[ReportStatus(report.status)]
    if whose == Turn.NOBODY and outlook.value in OWED:
        return Turn.BUREAU
    return whose


def _unsent(outlook: ObligationState, *, is_correction: bool) -> Turn:
    if is_correction:
        return Turn.TEAM
    if outlook == ObligationState.EXEMPT:
        return Turn.NOBODY
    return Turn.BUREAU if outlook == ObligationState.PENDING else Turn.TEAM


def _was_received(report: SelfInspectionReport | None) -> bool:
    return report is not None and report.first_received_at is not None
