"""
Duties that the clock has not opened yet, as it will: on the first minute of a new
portal, or of an enterprise's first day here. Judged like those that are stored, and
never saved.
"""

import datetime as dt
from collections.abc import Sequence

from accounts.models import Bureau, Enterprise
from hazards.models import WHOLE_YEAR, Obligation, ObligationKind
from hazards.queries.deadlines import BureauRules
from hazards.queries.obligation_facts import ObligationFacts
from hazards.rules.deadlines import SHANGHAI, Due
from hazards.rules.obligations import ObligationState
from hazards.rules.quarters import Quarter


def foreseen(
    enterprise: Enterprise, bureau: Bureau, *, at: dt.datetime
) -> list[Obligation]:
    """
    What people have to do now: this quarter, the last one until its due day ends, and
    the principal's year; newest first. 6 queries.
    """
    on = at.astimezone(SHANGHAI).date()
    rules = BureauRules([bureau], on=on)
    this = Quarter.containing(on)
    quarters = [
        quarter
        for quarter in (this, this.previous())
        if rules.due(bureau, quarter).at >= at
    ]
    year_due = rules.due(bureau, Quarter(on.year, 4))
    rows = [
        _row(enterprise, bureau, rules.due(bureau, quarter), at=at, quarter=quarter)
        for quarter in quarters
    ]
    rows.append(_row(enterprise, bureau, year_due, at=at, quarter=None))
    return _judged(rows, at=at)


def _row(
    enterprise: Enterprise,
    bureau: Bureau,
    due: Due,
    *,
    at: dt.datetime,
    quarter: Quarter | None,
) -> Obligation:
    return Obligation(
        enterprise=enterprise,
        bureau=bureau,
        kind=ObligationKind.QUARTER if quarter else ObligationKind.PARTICIPATION,
        year=quarter.year if quarter else at.astimezone(SHANGHAI).year,
        quarter_number=quarter.number if quarter else WHOLE_YEAR,
        due_at=due.at,
        named_on=due.rolled_from or due.on,
        due_is_provisional=due.provisional,
        state=ObligationState.NOT_DUE,
        opened_at=at,
    )


def _judged(rows: Sequence[Obligation], *, at: dt.datetime) -> list[Obligation]:
    facts = ObligationFacts(rows, at=at)
    for row in rows:
        row.outlook = facts.outlook(row, at)
    return list(rows)
