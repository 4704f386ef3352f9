"""Does the officer judge that it was there at the last inspection?"""

from hazards.rules.outcomes import NO, Link, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from the officer's judgement; there must be an inspection to compare."""
    inspection, existed = case.last_inspection, case.finding.existed_at_last_inspection
    if inspection is None or existed is False:
        return NO
    return Said(
        holds=None if existed is None else True,
        params={"held_on": inspection.held_on},
        records=(Link("inspection", inspection.id),),
    )
