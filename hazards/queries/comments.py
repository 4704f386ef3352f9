"""What a bureau wrote on the items of a report when it returned it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from hazards.models import ReportVersion, ReviewComment, SelfInspectionReport


@dataclass(frozen=True)
class Comment:
    """A reviewer's words on one item of a received version."""

    item: str
    text: str
    by: str
    """The reviewer's full name."""
    at: dt.datetime
    version: int
    """The ordinal of the version on which it was given."""


Comments = Mapping[str, list[Comment]]
"""The comments of one round by item, in the order in which they were given."""


def open_comments(report: SelfInspectionReport) -> Comments:
    """The comments of the last round, which a correction answers; 1 query."""
    rows = list(_rows().filter(version__report=report))
    last = max((row.version.ordinal for row in rows), default=0)
    return _by_item(row for row in rows if row.version.ordinal == last)


def comments_of(version: ReportVersion) -> Comments:
    """The comments given on one version; 1 query."""
    return _by_item(_rows().filter(version=version))


def _rows() -> QuerySet[ReviewComment]:
    return ReviewComment.objects.select_related("version", "by__user").order_by("id")


def _by_item(rows: Iterable[ReviewComment]) -> Comments:
    found: dict[str, list[Comment]] = {}
    for row in rows:
        found.setdefault(row.item, []).append(
            Comment(
                item=row.item,
                text=row.text,
                by=row.by.user.full_name,
                at=row.at,
                version=row.version.ordinal,
            )
        )
    return found
