"""Did an accident happen before the hazard was eliminated? (安全生产法 art. 95)."""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from what the officer recorded."""
    return Said(holds=True) if case.finding.accident else NO
