"""
What an enterprise owes follows from what is on record: the one writer of single
duties. The clock moves those whose day has come (hazards/services/clock.py).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet
from psycopg import sql

from hazards.models import OWED, Obligation
from hazards.queries.obligation_facts import ObligationFacts
from hazards.rules import reminders
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.obligations import ObligationState
from hazards.services import flags

_FOLLOWING = ("bureau", "state", "outlook", "look_at", "remind_at")


@dataclass(frozen=True)
class Followed:
    """What following changed, in rows."""

    moved: int = 0
    raised: int = 0
    settled: int = 0


def follow(
    enterprises: Iterable[int], *, at: dt.datetime, year: int | None = None
) -> Followed:
    """
    Let the duties of these enterprises stand as the record now says, and their flags
    with them. To be called in the transaction of whatever changed the record.

    Rows are locked in the order of their keys, so that two followers wait for each
    other and never in a circle.

    :param at: the instant as of which the record is read
    :param year: only the duties of this year, where nothing else can have changed
    """
    rows = Obligation.objects.filter(enterprise__in=list(enterprises))
    if year is not None:
        rows = rows.filter(year=year)
    with transaction.atomic():
        locked = _locked(rows)
        before = {row.pk: _written(row) for row in locked}
        facts = ObligationFacts(locked, at=at)
        for row in locked:
            _stand(row, facts, at=at)
        moved = [row for row in locked if _written(row) != before[row.pk]]
        Obligation.objects.bulk_update(moved, _FOLLOWING)
        raised, settled = settle_flags([row.pk for row in locked], at=at)
    return Followed(len(moved), raised, settled)


def hold(enterprise: int) -> list[Obligation]:
    """
    Lock the duties of the enterprise until this transaction ends, in the order in which
    `follow` does. An act that locks more than them begins here, so that nobody who
    files meanwhile waits in a circle.
    """
    return _locked(Obligation.objects.filter(enterprise=enterprise))


def _locked(rows: QuerySet[Obligation]) -> list[Obligation]:
    """
    Lock the rows, then read them with those they name: read in the statement that
    waited for the locks, the others would be as they were before it waited.
    """
    keys = rows.select_for_update().order_by("id").values_list("pk", flat=True)
    return list(
        Obligation.objects.filter(pk__in=list(keys))
        .select_related("enterprise", "bureau")
        .order_by("id")
    )


def settle_flags(obligations: Sequence[int], *, at: dt.datetime) -> tuple[int, int]:
    """Raise and settle the flags of these duties; count raised and settled."""
    if not obligations:
        return 0, 0
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, {"at": at, "ids": list(obligations)})
        raised, settled = cursor.fetchone() or (0, 0)
    return raised, settled


def remind_at(row: Obligation, at: dt.datetime) -> dt.datetime | None:
    """
    When the clock must remind of the duty, as of the instant: at the step that is
    current where none was taken, else at the next one; None = nothing to remind of.
    """
    if row.outlook not in OWED:
        return None
    steps = reminders.steps(
        row.kind, year=row.year, due_on=row.due_at.astimezone(SHANGHAI).date()
    )
    current = reminders.current(steps, at)
    if current is not None and row.remind_at is None:
        taken = row.reminders.filter(kind=current.kind, step=current.ordinal)
        if not taken.exists():
            return current.at
    if row.remind_at is not None and row.remind_at <= at:
        return row.remind_at
    coming = reminders.following(steps, at)
    return coming.at if coming else None


def _stand(row: Obligation, facts: ObligationFacts, *, at: dt.datetime) -> None:
    """Set the row as it must stand."""
    row.bureau = facts.receiver(row)
    row.outlook = facts.outlook(row, at)
    # What was moved is never taken back, whatever a clock says.
    if row.state != ObligationState.NOT_DUE or at > row.due_at:
        row.state = row.outlook
    row.look_at = _look_at(row, facts, at=at)
    row.remind_at = remind_at(row, at)


def _written(row: Obligation) -> tuple[object, ...]:
    """What following may change."""
    return tuple(getattr(row, name) for name in _FOLLOWING)


def _look_at(
    row: Obligation, facts: ObligationFacts, *, at: dt.datetime
) -> dt.datetime | None:
    """When a waiver is over, or the period without anything on record."""
    last_day = facts.waivers_end_on(row, at)
    if last_day is not None:
        return midnight(last_day + dt.timedelta(days=1))
    over = period_over_at(row)
    return over if row.outlook == ObligationState.MISSING and at < over else None


def period_over_at(row: Obligation) -> dt.datetime:
    """The first instant after the quarter, or the year, that is owed."""
    if row.quarter is not None:
        return midnight(row.quarter.next().starts_on)
    return midnight(dt.date(row.year + 1, 1, 1))


def midnight(day: dt.date) -> dt.datetime:
    """The first instant of the day in Asia/Shanghai."""
    return dt.datetime.combine(day, dt.time(), tzinfo=SHANGHAI)


_SETTLE = sql.SQL("WITH {settling} SELECT {counts}").format(
    settling=flags.settling(
        sql.SQL("SELECT * FROM hazards_obligation WHERE id = ANY(%(ids)s)"),
        kinds=flags.ALL_KINDS,
    ),
    counts=flags.COUNTS,
)
