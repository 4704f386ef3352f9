"""All good, does a flag with an effect still stand?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from the hazard and from the standing flags."""
    if not case.is_good or not case.effective_flags:
        return NO
    hazard = case.same
    return Said(
        holds=True,
        params={
            "hazard": hazard.id,
            "reported_at": hazard.reported_at,
            "flags": case.effective_flags,
        },
        records=case.same_link,
    )
