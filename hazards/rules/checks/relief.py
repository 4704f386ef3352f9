"""Are the conditions of item 10 for no penalty met on the record?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from the hazard; flags with an effect are asked about before."""
    deadline = case.deadline
    if not case.is_good or deadline is None or case.effective_flags:
        return NO
    hazard = case.same
    return Said(
        holds=True,
        params={
            "hazard": hazard.id,
            "reported_at": hazard.reported_at,
            "cutoff": case.at,
            "planned_at": hazard.planned_at,
            "due_on": deadline.on,
        },
        records=case.same_link,
    )
