"""Lists of reports, newest first, paged by keyset."""

from dataclasses import dataclass

from django.db.models import F
from django.db.models.fields.tuple_lookups import TupleLessThan

from accounts.models import Acting, Bureau
from hazards.models import ReportKind, ReportStatus, SelfInspectionReport
from hazards.models.reports import ReportQuerySet
from hazards.rules.quarters import Quarter

PAGE_SIZE = 25

_Key = tuple[int | None, int | None, int]


@dataclass(frozen=True)
class ReportFilter:
    """What is looked for; None does not matter."""

    quarter: Quarter | None = None
    status: ReportStatus | None = None
    kind: ReportKind | None = None


@dataclass(frozen=True)
class ReportListPage:
    """One page and the key of the next, if there is one."""

    reports: list[SelfInspectionReport]
    next_key: str


def report_list_page(
    acting: Acting,
    *,
    wanted: ReportFilter = ReportFilter(),
    after: str = "",
) -> ReportListPage:
    """
    The reports that the person may see, after the key: what is about a hazard, the one
    begun last first, then by quarters. A key that cannot be read, or after which
    nothing comes, starts anew. At most four queries.
    """
    rows = (
        _seen_by(acting)
        .select_related("enterprise", "bureau", "hazard")
        .order_by("-year", "-quarter_number", "-id")
    )
    if wanted.kind is not None:
        rows = rows.filter(kind=wanted.kind)
    if wanted.quarter is not None:
        rows = rows.for_quarter(wanted.quarter)
    if wanted.status is not None:
        rows = rows.filter(status=wanted.status)
    key = _read(after)
    found = [] if key is None else _beyond(rows, key)
    if not found:
        found = list(rows[: PAGE_SIZE + 1])
    page = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    return ReportListPage(reports=page, next_key=_write(page[-1]) if more else "")


def _seen_by(acting: Acting) -> ReportQuerySet:
    """
    What the person may see. The bureaus are named, so that the rows of one are found
    in their order by its index, and those of many by the order of all.
    """
    rows = SelfInspectionReport.objects.visible_to(acting)
    if acting.bureau is None:
        return rows
    below = Bureau.objects.filter(path__startswith=acting.bureau.path)
    bureaus = list(below.values_list("pk", flat=True))
    if len(bureaus) == 1:
        return rows.filter(bureau=bureaus[0])
    return rows.filter(bureau__in=bureaus)


def _beyond(rows: ReportQuerySet, key: _Key) -> list[SelfInspectionReport]:
    """One page and a row more after the key; the index holds what has no quarter
    before what has one."""
    year, number, pk = key
    if year is not None:
        beyond = TupleLessThan(
            (F("year"), F("quarter_number"), F("id")), (year, number, pk)
        )
        return list(rows.filter(beyond)[: PAGE_SIZE + 1])
    found = list(rows.filter(year__isnull=True, pk__lt=pk)[: PAGE_SIZE + 1])
    left = PAGE_SIZE + 1 - len(found)
    return [*found, *rows.filter(year__isnull=False)[:left]] if left else found


def _write(report: SelfInspectionReport) -> str:
    quarter = str(report.quarter) if report.is_quarterly else ""
    return f"{quarter}~{report.pk}"


def _read(key: str) -> _Key | None:
    quarter, _, pk = key.partition("~")
    try:
        if not quarter and pk:
            return None, None, int(pk)
        return int(quarter[:4]), int(quarter[5:]), int(pk)
    except ValueError:
        return None
