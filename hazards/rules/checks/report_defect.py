"""Is the report unsigned, returned, or addressed to another bureau?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from the report as it stood at the cut-off."""
    defects = case.report_defects
    if not defects:
        return NO
    hazard = case.same
    return Said(
        holds=True,
        params={
            "hazard": hazard.id,
            "reported_at": hazard.reported_at,
            "defects": defects,
        },
        records=case.same_link,
    )
