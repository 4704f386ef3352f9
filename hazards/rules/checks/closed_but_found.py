"""Had the reported hazard been accepted or closed, and was it found again?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from what the enterprise and the bureau had recorded by the cut-off."""
    if not case.is_closed:
        return NO
    hazard = case.same
    ends = (hazard.accepted_at, hazard.closed_at)
    ended_at = min(end for end in ends if end is not None and end < case.at)
    return Said(
        holds=True,
        params={"hazard": hazard.id, "ended_at": ended_at, "cutoff": case.at},
        records=case.same_link,
    )
