"""A bureau's queue of received reports, longest wait first, paged by keyset."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import F
from django.db.models.fields.tuple_lookups import TupleGreaterThan

from accounts.models import Acting, Bureau, Enterprise
from hazards.models import ReportKind, ReportStatus, SelfInspectionReport
from hazards.models.reports import ReportQuerySet
from hazards.rules.quarters import Quarter

PAGE_SIZE = 25


class Waiting(StrEnum):
    """Which of the waiting reports."""

    ALL = ""
    RECEIVED = "received"
    UNDER_REVIEW = "under_review"
    MINE = "mine"


@dataclass(frozen=True)
class QueueFilter:
    """What is looked for; what is empty or None does not matter."""

    waiting: Waiting = Waiting.ALL
    kind: ReportKind | None = None
    quarter: Quarter | None = None
    # Whether the version received names major hazards.
    found: bool | None = None
    # First received after the due instant.
    late: bool = False
    unsigned: bool = False
    # The beginning of the enterprise's name.
    name: str = ""


# What a row shows: a report, its enterprise and its reviewer have many columns more.
_SHOWN = (
    "public_id",
    "number",
    "kind",
    "hazard__number",
    "year",
    "quarter_number",
    "status",
    "received_at",
    "first_received_at",
    "hazard_count",
    "is_unsigned",
    "in_time",
    "enterprise__name",
    "reviewer__user__full_name",
)


@dataclass(frozen=True)
class QueuePage:
    """One page and the key of the next, if there is one."""

    reports: list[SelfInspectionReport]
    next_key: str


def queue_page(
    bureau: Bureau,
    *,
    wanted: QueueFilter = QueueFilter(),
    reader: Acting | None = None,
    after: str = "",
) -> QueuePage:
    """
    The waiting reports after the key; a key that cannot be read, or after which
    nothing waits any more, starts anew. `reader` is whose reports "mine" are.

    One query: rows are found by comparing (received_at, id) as one value, which an
    index for each filter answers at any depth.
    """
    rows = _wanted(SelfInspectionReport.objects.awaiting_review(bureau), wanted, reader)
    rows = rows.select_related("enterprise", "hazard", "reviewer__user").only(*_SHOWN)
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


def _wanted(
    rows: ReportQuerySet, wanted: QueueFilter, reader: Acting | None
) -> ReportQuerySet:
    """Narrow the rows; each condition is written as its partial index is."""
    if wanted.waiting == Waiting.MINE:
        mine = reader.membership if reader else None
        rows = rows.filter(status=ReportStatus.UNDER_REVIEW, reviewer=mine)
    elif wanted.waiting:
        rows = rows.filter(status=wanted.waiting.value)
    if wanted.kind is not None:
        rows = rows.filter(kind=wanted.kind)
    if wanted.quarter is not None:
        rows = rows.for_quarter(wanted.quarter)
    if wanted.found is not None:
        rows = (
            rows.filter(hazard_count__gt=0)
            if wanted.found
            else rows.filter(hazard_count=0)
        )
    if wanted.late:
        rows = rows.filter(in_time=False)
    if wanted.unsigned:
        rows = rows.filter(is_unsigned=True)
    return of_named(rows, wanted.name)


def of_named(rows: ReportQuerySet, name: str) -> ReportQuerySet:
    """Keep the reports of enterprises whose names begin so; all if it is empty."""
    if not name:
        return rows
    named = Enterprise.objects.filter(name__startswith=name)
    return rows.filter(enterprise__in=named.values("pk"))


def _write(report: SelfInspectionReport) -> str:
    received = report.received_at
    return f"{received.timestamp():.6f}~{report.pk}" if received else ""


def _read(key: str) -> tuple[dt.datetime, int] | None:
    stamp, _, pk = key.partition("~")
    try:
        return dt.datetime.fromtimestamp(float(stamp), tz=dt.UTC), int(pk)
    except (ValueError, OverflowError, OSError):
        return None
