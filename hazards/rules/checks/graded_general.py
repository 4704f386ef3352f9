"""Was the hazard on record graded general?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from the grade on the enterprise's record."""
    hazard = case.same
    if hazard.graded != "general":
        return NO
    return Said(
        holds=True,
        params={"hazard": hazard.id, "registered_at": hazard.registered_at},
        records=case.same_link,
    )
