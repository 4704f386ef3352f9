"""Was it a guidance visit? (circular 应急〔2025〕11号, item 12)."""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from the kind of the visit."""
    return Said(holds=True) if case.finding.visit == "guidance" else NO
