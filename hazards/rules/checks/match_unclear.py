"""Is it open whether the finding is a hazard of the record?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.questions import Word
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from a person's verdict; without one nothing is matched."""
    match = case.finding.match
    if match is not None and match.verdict in {"same", "different", "none"}:
        return NO
    verdict = "absent" if match is None else match.verdict
    return Said(holds=True, params={"verdict": Word(f"verdict.{verdict}")})
