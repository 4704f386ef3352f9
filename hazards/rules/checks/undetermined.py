"""Does nothing before answer?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from the questions before it."""
    return NO if case.decided else Said(holds=True)
