"""Is something missing of the plan, while the hours for it still run?"""

from hazards.rules.outcomes import NO, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Answer from the plan and from when the enterprise found the hazard."""
    gaps = case.plan_gaps
    if not gaps or not case.is_prompt_window_open:
        return NO
    hazard = case.same
    return Said(
        holds=True,
        params={
            "hazard": hazard.id,
            "gaps": gaps,
            "found_at": hazard.found_at,
            "hours": case.integer("prompt_report_hours"),
        },
        records=case.same_link,
    )
