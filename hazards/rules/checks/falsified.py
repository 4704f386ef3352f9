"""Did the officer record fabrication? (安全生产法 arts. 41 and 97)."""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from what the officer recorded."""
    return Said(holds=True) if case.finding.falsified else NO
