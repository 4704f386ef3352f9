"""Is a quarter of the look-back one that a person must judge?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.quarter_record import EFFECTS
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from the quarters; nothing follows where a missing one has no effect."""
    pending = case.pending
    if not pending:
        return NO
    return Said(
        holds=True,
        params={"quarters": tuple(quarter.quarter for quarter in pending)},
        decides=case.choice(EFFECTS["missing_quarter"]) != "none",
    )
