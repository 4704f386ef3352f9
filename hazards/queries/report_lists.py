"""Lists of reports, newest quarter first, paged by keyset."""

from dataclasses import dataclass

from django.db.models import F
from django.db.models.fields.tuple_lookups import TupleLessThan

from accounts.models import Acting, Bureau
from hazards.models import ReportStatus, SelfInspectionReport
from hazards.models.reports import ReportQuerySet
from hazards.rules.quarters import Quarter

PAGE_SIZE = 25


@dataclass(frozen=True)
class ReportFilter:
    """What is looked for; None does not matter."""

    quarter: Quarter | None = None
    status: ReportStatus | None = None


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
    The reports that the person may see, after the key; a key that cannot be read, or
    after which nothing comes, starts anew. At most three queries.
    """
    rows = (
        _seen_by(acting)
        .select_related("enterprise", "bureau")
        .order_by("-year", "-quarter_number", "-id")
    )
    if wanted.quarter is not None:
        rows = rows.for_quarter(wanted.quarter)
    if wanted.status is not None:
        rows = rows.filter(status=wanted.status)
    key, found = _read(after), []
    if key is not None:
        beyond = TupleLessThan((F("year"), F("quarter_number"), F("id")), key)
        found = list(rows.filter(beyond)[: PAGE_SIZE + 1])
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


def _write(report: SelfInspectionReport) -> str:
    return f"{report.quarter}~{report.pk}"


def _read(key: str) -> tuple[int, int, int] | None:
    quarter, _, pk = key.partition("~")
    try:
        return int(quarter[:4]), int(quarter[5:]), int(pk)
    except ValueError:
        return None
