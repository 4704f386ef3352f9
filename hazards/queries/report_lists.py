"""Lists of reports, newest quarter first, paged by keyset."""

from dataclasses import dataclass

from django.db.models import F
from django.db.models.fields.tuple_lookups import TupleLessThan

from accounts.models import Acting
from hazards.models import SelfInspectionReport

PAGE_SIZE = 25


@dataclass(frozen=True)
class ReportListPage:
    """One page and the key of the next, if there is one."""

    reports: list[SelfInspectionReport]
    next_key: str


def report_list_page(acting: Acting, *, after: str = "") -> ReportListPage:
    """
    The reports that the person may see, after the key; a key that cannot be read, or
    after which nothing comes, starts anew. One query.
    """
    rows = (
        SelfInspectionReport.objects.visible_to(acting)
        .select_related("enterprise", "bureau")
        .order_by("-year", "-quarter_number", "-id")
    )
    key, found = _read(after), []
    if key is not None:
        beyond = TupleLessThan((F("year"), F("quarter_number"), F("id")), key)
        found = list(rows.filter(beyond)[: PAGE_SIZE + 1])
    if not found:
        found = list(rows[: PAGE_SIZE + 1])
    page = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    return ReportListPage(reports=page, next_key=_write(page[-1]) if more else "")


def _write(report: SelfInspectionReport) -> str:
    return f"{report.quarter}~{report.pk}"


def _read(key: str) -> tuple[int, int, int] | None:
    quarter, _, pk = key.partition("~")
    try:
        return int(quarter[:4]), int(quarter[5:]), int(pk)
    except ValueError:
        return None
