"""Past the deadline, is more time asked for that nobody has decided?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from the requests made in time, in their order."""
    extension, deadline = case.pending_extension, case.deadline
    if extension is None or deadline is None:
        return NO
    return Said(
        holds=True,
        params={
            "hazard": case.same.id,
            "due_on": deadline.on,
            "asked_at": extension.asked_at,
            "wanted_on": extension.due_on,
        },
        records=case.same_link,
    )
