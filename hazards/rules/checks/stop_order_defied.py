"""Had a stop been ordered, and it went on? (安全生产法 arts. 70 and 102)."""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from what the officer recorded."""
    return Said(holds=True) if case.finding.stop_order_defied else NO
