"""What leaves the database every day: each chain's head, and the days just over."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from hazards.models import ChainEntry
from hazards.queries.contents import instant
from hazards.queries.covered import BATCH, TABLES, Days, tally

FORMAT: Final = "chain-heads/1"
"""The notation of the file; a change of it is a new format beside the old ones."""

DAY = dt.timedelta(days=1)


def lines(
    *, on: dt.date, before: dt.date | None, portal: str, at: dt.datetime
) -> Iterator[dict[str, Any]]:
    """
    Yield the lines of the file of a day (Asia/Shanghai): what it is, the head of every
    chain as it stands now, the rows of the days since the file before, counts. Meant
    for one snapshot of the database; streams.

    :param before: the day of the file before; none = cover all since the beginning
    """
    yield {
        "format": FORMAT,
        "portal": portal,
        "on": on.isoformat(),
        "instant": instant(at),
        "columns": {name: list(table.columns) for name, table in TABLES.items()},
    }
    enterprises = tables = 0
    heads = (
        ChainEntry.objects.order_by("enterprise_id", "-ordinal")
        .distinct("enterprise_id")
        .values_list("enterprise__uscc", "ordinal", "entry_sha256")
    )
    for uscc, ordinal, entry_sha256 in heads.iterator(BATCH):
        enterprises += 1
        yield {"uscc": uscc, "ordinal": ordinal, "entry_sha256": entry_sha256}
    for days in _days_between(before, on):
        for name, table in TABLES.items():
            tables += 1
            yield {
                "table": name,
                "from": days.first.isoformat() if days.first else None,
                "to": days.last.isoformat(),
                **tally(name, table.columns, days),
            }
    yield {"enterprises": enterprises, "tables": tables}


def _days_between(before: dt.date | None, on: dt.date) -> Iterator[Days]:
    """The days that are over on the day and that no earlier file covers, each alone."""
    if before is None:
        before = on - DAY
        yield Days(None, before - DAY)
    for offset in range((on - before).days):
        day = before + offset * DAY
        yield Days(day, day)
