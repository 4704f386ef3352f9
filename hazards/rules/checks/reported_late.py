"""All good, was it reported long after it was found? (安全生产法 art. 41: 及时)."""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from the time between finding and report."""
    if not case.is_good_but_for_time or not case.is_late:
        return NO
    hazard = case.same
    return Said(
        holds=True,
        params={
            "hazard": hazard.id,
            "found_at": hazard.found_at,
            "reported_at": hazard.reported_at,
            "days": case.integer("late_report_days"),
        },
        records=case.same_link,
    )
