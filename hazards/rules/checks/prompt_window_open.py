"""Did the hours for a prompt report still run? (安全生产法 art. 41: 及时)."""

from hazards.rules.outcomes import NO, NO_PENALTY, REVIEW, Outcome, Said
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """Lean to no penalty only if the report did come within those hours."""
    if not case.is_prompt_window_open:
        return NO
    hazard = case.same
    reported_at = hazard.reported_at
    in_hours = reported_at is not None and (
        reported_at - hazard.found_at <= case.prompt_hours
    )
    outcome = Outcome(REVIEW, NO_PENALTY if in_hours else "")
    return Said(
        holds=True,
        because="reported-in-hours" if in_hours else "",
        params={
            "hazard": hazard.id,
            "found_at": hazard.found_at,
            "reported_at": reported_at,
            "cutoff": case.at,
            "hours": case.integer("prompt_report_hours"),
        },
        records=case.same_link,
        enterprise=outcome,
        principal=outcome,
    )
