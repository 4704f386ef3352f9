"""Was it reported only at or after the cut-off?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from the receipt of the report."""
    hazard = case.same
    if hazard.reported_at is None:
        return NO
    return Said(
        holds=True,
        params={
            "hazard": hazard.id,
            "registered_at": hazard.registered_at,
            "reported_at": hazard.reported_at,
            "cutoff": case.at,
        },
        records=case.same_link,
    )
