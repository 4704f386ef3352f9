"""Reports of the quarters before today's, since pages read the clock."""

import datetime as dt
import html
import itertools
import re
from typing import Any

from django.utils import timezone

from hazards.models import ReportStatus, SelfInspectionReport
from hazards.rules.quarters import Quarter
from hazards.services import scans
from tests.factories_reports import Desks, make_report, open_version

_moments = itertools.count(1)


def a_moment() -> dt.datetime:
    """An instant of its own within the last day: a proof signs one report."""
    start = timezone.now() - dt.timedelta(days=1)
    return start + dt.timedelta(seconds=next(_moments) % 80_000)


def last_quarter() -> Quarter:
    """The quarter of which reports are written today."""
    return Quarter.containing(timezone.localdate()).previous()


def tick() -> None:
    """Let the clock run as of now: what is owed is open, what is past is past."""
    scans.scan(at=timezone.now())


def make_filed(
    desks: Desks, status: ReportStatus, *, back: int = 0
) -> SelfInspectionReport:
    """Walk a report to the status; `back` quarters before the last."""
    quarter = last_quarter().shifted(-back)
    return make_report(desks, status=status, quarter=quarter, at=a_moment())


def typed(report: SelfInspectionReport, **changes: Any) -> dict[str, Any]:
    """What a browser sends from the edit page of a complete draft."""
    version = open_version(report)
    visits = version.listed.values_list("inspection_id", flat=True)
    return {
        "revision": str(version.revision),
        "inspections": [str(pk) for pk in visits],
        "nothing_found": "on",
        "scope": version.scope,
        "coverage": version.coverage,
        "remarks": version.remarks,
        **changes,
    }


def page(response: Any) -> str:
    """The text of a page, as it is sent."""
    return str(response.content.decode())


def words(response: Any) -> str:
    """What a page says, without its marks, on one line."""
    bare = re.sub(
        r"<(script|style|title).*?</\1>|<[^>]*>", " ", page(response), flags=re.S
    )
    return " ".join(html.unescape(bare).split())
