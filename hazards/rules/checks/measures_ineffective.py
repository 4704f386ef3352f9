"""Does the officer judge the measures ineffective?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from the officer's judgement; without one it is not known."""
    effective = case.finding.measures_effective
    if effective is None:
        return Said(holds=None)
    if effective:
        return NO
    return Said(holds=True, params={"hazard": case.same.id}, records=case.same_link)
