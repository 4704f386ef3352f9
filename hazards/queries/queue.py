"""A bureau's queue of received reports, longest wait first, paged by keyset."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F
from django.db.models.fields.tuple_lookups import TupleGreaterThan

from accounts.models import Bureau
from hazards.models import SelfInspectionReport

PAGE_SIZE = 25


@dataclass(frozen=True)
class QueuePage:
    """One page and the key of the next, if there is one."""

    reports: list[SelfInspectionReport]
    next_key: str


def queue_page(bureau: Bureau, *, after: str = "") -> QueuePage:
    """
    The reports that wait after the key; a key that cannot be read, or after which
    nothing waits any more, starts anew.

    One query: rows are found by comparing (received_at, id) as one value.
    """
    rows = SelfInspectionReport.objects.awaiting_review(bureau).select_related(
        "enterprise", "reviewer__user"
    )
    key, found = _read(after), []
    if key is not None:
        beyond = TupleGreaterThan((F("received_at"), F("id")), key)
        found = list(rows.filter(beyond)[: PAGE_SIZE + 1])
    if not found:
        found = list(rows[: PAGE_SIZE + 1])
    page = found[:PAGE_SIZE]
    return QueuePage(
        reports=page, next_key=_write(page[-1]) if len(found) > PAGE_SIZE else ""
    )


def _write(report: SelfInspectionReport) -> str:
    received = report.received_at
    return f"{received.timestamp():.6f}~{report.pk}" if received else ""


def _read(key: str) -> tuple[dt.datetime, int] | None:
    stamp, _, pk = key.partition("~")
    try:
        return dt.datetime.fromtimestamp(float(stamp), tz=dt.UTC), int(pk)
    except (ValueError, OverflowError, OSError):
        return None
