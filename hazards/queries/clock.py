"""What the clock asks before it does anything."""

import datetime as dt

from django.db import connection

from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter


def database_now() -> dt.datetime:
    """The instant by the database's clock: one source for all workers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None  # noqa: S101 (a SELECT without FROM has one row)
    now: dt.datetime = row[0]
    return now


def has_come(at: dt.datetime) -> bool:
    """Whether the database's clock has reached the instant; none runs ahead of it."""
    return at <= database_now()


def is_anything_due(*, at: dt.datetime) -> bool:
    """
    Whether a run would find anything to do: the first entries of some indexes. Asked
    every minute, so a function of the database, which keeps its plan.
    """
    today = at.astimezone(SHANGHAI).date()
    quarter = Quarter.containing(today)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hazards_is_anything_due(%s, %s, %s, %s)",
            [at, today, quarter.year, quarter.number],
        )
        return bool(cursor.fetchone() != (False,))
