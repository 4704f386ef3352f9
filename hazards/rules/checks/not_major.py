"""Does the finding meet no criterion of a major hazard? (安全生产法 art. 118)."""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from what the officer recorded."""
    return NO if case.finding.major else Said(holds=True)
