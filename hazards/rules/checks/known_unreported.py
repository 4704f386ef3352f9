"""Was it on the enterprise's record and never reported?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from whether any report of it was received."""
    hazard = case.same
    if hazard.reported_at is not None:
        return NO
    return Said(
        holds=True,
        params={
            "hazard": hazard.id,
            "found_at": hazard.found_at,
            "registered_at": hazard.registered_at,
            "cutoff": case.at,
        },
        records=case.same_link,
    )
