"""Does a missing quarter stand? (circular 应急〔2025〕11号, item 10: 不检查)."""

from hazards.rules.outcomes import NO, PENALTY, REVIEW, Outcome, Said
from hazards.rules.quarter_record import EFFECTS
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """
    Answer from the quarters of the look-back. A principal who took office after all of
    their due days is not asked for them in person.
    """
    missing = case.missing
    if not missing:
        return NO
    effect = case.choice(EFFECTS["missing_quarter"])
    latest_due_on = max(quarter.due_on for quarter in missing)
    review = Outcome(REVIEW)
    is_new = effect == PENALTY and not case.had_answerable_principal(latest_due_on)
    return Said(
        holds=True,
        because="new-principal" if is_new else "",
        params={
            "quarters": tuple(quarter.quarter for quarter in missing),
            "due_on": tuple(quarter.due_on for quarter in missing),
            "count": case.integer("flag_lookback_quarters"),
        },
        decides=effect != "none",
        principal=review if is_new else None,
        team=review if effect == REVIEW else None,
    )
