"""Has the officer not judged the measures?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from whether there is a judgement."""
    if case.finding.measures_effective is not None:
        return NO
    return Said(holds=True, params={"hazard": case.same.id}, records=case.same_link)
