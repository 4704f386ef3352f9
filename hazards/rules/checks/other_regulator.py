"""Does the criterion belong to another department, which item 10 does not bind?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from who judges by the criterion."""
    return Said(holds=True) if case.finding.regulator == "other" else NO
