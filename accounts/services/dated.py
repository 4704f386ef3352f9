"""Ending a dated fact by the one that follows it."""

import datetime as dt

from accounts.models import Acting, DatedFact


def end_before(
    row: DatedFact | None, starts_on: dt.date, *, by: Acting, at: dt.datetime
) -> None:
    """
    Let the day before the new fact be the last of the old one; a fact whose end is on
    record keeps it.
    """
    if row is None or row.end_recorded_at is not None:
        return
    row.ends_on = starts_on - dt.timedelta(days=1)
    row.end_recorded_at, row.end_recorded_by = at, by.user
    row.save(update_fields=["ends_on", "end_recorded_at", "end_recorded_by"])
