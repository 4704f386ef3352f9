"""Did the principal take part in no inspection of the last year that is over?"""

import datetime as dt

from hazards.rules.obligations import ObligationState
from hazards.rules.outcomes import NO, PENALTY, REVIEW, Outcome, Said
from hazards.rules.quarter_record import EFFECTS
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """
    Answer from the year's visible inspections. A principal who took office after the
    year is not asked for it in person.
    """
    judged = case.year
    if judged is None:
        return NO
    year, state = judged
    if state == ObligationState.PENDING:
        return Said(holds=None, params={"year": year})
    if state != ObligationState.MISSING:
        return NO
    effect = case.choice(EFFECTS["principal_absent"])
    last_day = dt.date(year, 12, 31)
    is_new = effect == PENALTY and not case.had_answerable_principal(last_day)
    return Said(
        holds=True,
        because="new-principal" if is_new else "",
        params={"year": year},
        decides=effect != "none",
        principal=Outcome(REVIEW) if is_new else None,
    )
