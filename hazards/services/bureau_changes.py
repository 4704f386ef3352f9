"""
What of a bureau's choices concerns whether its enterprises owe a period at all: they
are put into the queue of changes, and the clock opens and follows what they owe.
"""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import connection

from accounts.models import Bureau, BureauPolicy, EnterpriseChange
from hazards.models import ClockFault, Opening
from hazards.queries.deadlines import BureauRules
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter
from hazards.services.poison import POLICIES

_DAY = dt.timedelta(days=1)


def queue_for_first_quarter(
    changes: Iterable[EnterpriseChange], *, at: dt.datetime
) -> None:
    """
    Queue whoever files with a bureau, or one below it, where a policy `first_quarter`
    begins or ends with one of these changes.
    """
    days = {(change.bureau_id, change.from_on) for change in changes}
    chosen = BureauPolicy.objects.filter(
        name="first_quarter", bureau__in={pk for pk, _ in days if pk is not None}
    ).select_related("bureau")
    below = Bureau.objects.none()
    for row in chosen:
        over_on = row.ends_on + _DAY if row.ends_on else None
        if not days.isdisjoint({(row.bureau_id, d) for d in (row.starts_on, over_on)}):
            below = below | Bureau.objects.at_or_below(row.bureau)
    _queue(below.values_list("pk", flat=True), at=at)


def take_back_readable(*, at: dt.datetime) -> None:
    """
    Forget the faults of bureaus whose policies and days can be read again, and queue
    their enterprises: what was opened meanwhile was not opened for them.
    """
    faults = ClockFault.objects.filter(bureau__isnull=False, step=POLICIES)
    bureaus = [fault.bureau for fault in faults.select_related("bureau")]
    if not bureaus:
        return
    today = at.astimezone(SHANGHAI).date()
    rules = BureauRules([b for b in bureaus if b], on=today)
    quarters = {Quarter(o.year, o.quarter_number or 4) for o in Opening.objects.all()}
    quarters.add(Quarter.containing(today))
    readable = [b.pk for b in bureaus if b and _is_readable(rules, b, quarters)]
    _queue(readable, at=at)
    faults.filter(bureau__in=readable).delete()


def _is_readable(
    rules: BureauRules, bureau: Bureau, quarters: Iterable[Quarter]
) -> bool:
    try:
        for quarter in quarters:
            rules.due(bureau, quarter)
    except ValueError:
        return False
    return True


def _queue(bureaus: Collection[int], *, at: dt.datetime) -> None:
    if bureaus:
        with connection.cursor() as cursor:
            today = at.astimezone(SHANGHAI).date()
            cursor.execute(_QUEUE, {"bureaus": list(bureaus), "today": today})


_QUEUE = """
    INSERT INTO accounts_enterprisechange (enterprise_id, from_on)
    SELECT enterprise_id, %(today)s::date FROM accounts_supervisionassignment
    WHERE site_id IS NULL AND bureau_id = ANY(%(bureaus)s)
        AND starts_on <= %(today)s AND (ends_on IS NULL OR ends_on >= %(today)s)
"""
