"""Has the deadline of the rectification passed? (安全生产法 art. 102)."""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from the plan's deadline with the extensions; its day is in time."""
    deadline = case.deadline
    if deadline is None or not case.is_past_deadline:
        return NO
    return Said(
        holds=True,
        params={
            "hazard": case.same.id,
            "due_on": deadline.on,
            "was_on": deadline.was_on,
            "cutoff": case.at,
        },
        records=case.same_link,
    )
