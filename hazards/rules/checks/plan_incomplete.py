"""Is a plan, interim measures or progress missing? (安监总局令第16号 arts. 15, 16)."""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from what had been received by the cut-off."""
    gaps = case.plan_gaps
    if not gaps:
        return NO
    return Said(
        holds=True,
        params={"hazard": case.same.id, "gaps": gaps, "cutoff": case.at},
        records=case.same_link,
    )
