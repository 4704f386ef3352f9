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


def is_anything_due(*, at: dt.datetime) -> bool:
    """Whether a run would find anything to do; one statement of index look-ups."""
    today = at.astimezone(SHANGHAI).date()
    quarter = Quarter.containing(today)
    with connection.cursor() as cursor:
        cursor.execute(
            _IS_ANYTHING_DUE,
            {
                "at": at,
                "today": today,
                "year": quarter.year,
                "number": quarter.number,
            },
        )
        return bool(cursor.fetchone() != (False,))


_IS_ANYTHING_DUE = """
    SELECT NOT EXISTS (
        SELECT FROM hazards_opening WHERE kind = 'quarter'
            AND year = %(year)s AND quarter_number = %(number)s
    ) OR EXISTS (
        SELECT FROM accounts_enterprisechange WHERE from_on <= %(today)s
    ) OR EXISTS (
        SELECT FROM hazards_obligation WHERE state = 'not_due' AND due_at < %(at)s
    ) OR EXISTS (
        SELECT FROM hazards_obligation WHERE look_at <= %(at)s
    ) OR EXISTS (
        SELECT FROM hazards_obligation WHERE remind_at <= %(at)s
    ) OR EXISTS (
        SELECT FROM hazards_reminderline
        WHERE notice_id IS NULL AND parked_in_id IS NULL AND dropped_at IS NULL
    ) OR EXISTS (
        SELECT FROM hazards_complianceflag
        WHERE kind = 'nobody_reachable' AND status = 'standing'
    ) OR EXISTS (
        SELECT FROM hazards_majorhazard hazard
        WHERE first_reported_at IS NULL AND registered_at <= %(at)s AND NOT EXISTS (
            SELECT FROM hazards_complianceflag flag WHERE flag.hazard_id = hazard.id
        )
    )
"""
