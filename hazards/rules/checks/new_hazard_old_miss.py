"""Did it arise after an inspection that was held since the last missing quarter?"""

from hazards.rules.outcomes import NO, Link, Said
from hazards.rules.quarter_record import EFFECTS
from hazards.rules.record import Case


def ask(case: Case) -> Said:
    """
    Answer only by an officer's judgement that it arose later: none is a no, so that
    the missing quarter itself is asked about.
    """
    inspection = case.last_inspection
    arose_later = case.finding.existed_at_last_inspection is False
    if not case.missing or not arose_later or inspection is None:
        return NO
    missing = case.missing[0].quarter
    has_effect = case.choice(EFFECTS["missing_quarter"]) != "none"
    if not has_effect or inspection.held_on <= missing.ends_on:
        return NO
    return Said(
        holds=True,
        params={
            "quarters": tuple(q.quarter for q in case.missing),
            "held_on": inspection.held_on,
        },
        records=(Link("inspection", inspection.id),),
    )
