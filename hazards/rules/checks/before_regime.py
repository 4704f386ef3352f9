"""Was it found before the circular applies?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Compare the day of the finding with the first day of the regime."""
    start_on = case.date("regime_start")
    if case.found_on >= start_on:
        return NO
    return Said(holds=True, params={"found_on": case.found_on, "start_on": start_on})
