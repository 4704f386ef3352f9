"""Which flags must stand for a duty: the pure rule that the nightly self-check asks."""

from dataclasses import dataclass

from hazards.rules.obligations import ObligationState

MISSING_QUARTER = "missing_quarter"
PRINCIPAL_ABSENT = "principal_absent"
QUARTER_NOT_INSPECTED = "quarter_not_inspected"


@dataclass(frozen=True)
class DutyFacts:
    """What decides the flags of a duty, as of an instant."""

    is_year: bool
    """The principal's year; else a quarter."""
    is_over: bool
    """Whether the period that is owed is over."""
    is_inspected: bool
    """Whether an inspection of the quarter is on record, sealed or not."""
    state: ObligationState
    outlook: ObligationState


def standing(duty: DutyFacts) -> dict[str, bool]:
    """Return the flags that stand, and whether each is final."""
    missing = duty.outlook == ObligationState.MISSING
    is_due = duty.state != ObligationState.NOT_DUE
    if duty.is_year:
        return {PRINCIPAL_ABSENT: is_due} if missing and duty.is_over else {}
    found = {}
    if missing and is_due:
        found[MISSING_QUARTER] = True
    if missing and duty.is_over and not duty.is_inspected:
        found[QUARTER_NOT_INSPECTED] = False
    return found
