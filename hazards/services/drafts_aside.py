"""
A draft that makes room: what comes on paper is the first version, and the database
lets a report have one open version at a time.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models

from accounts.models import Acting
from hazards.models import ReportVersion, SelfInspectionReport
from hazards.services.versions import locked_open_version


@dataclass(frozen=True)
class DraftAside:
    """A draft's rows, taken out; each comes back under its own key."""

    version: ReportVersion
    children: Sequence[models.Model]


def set_aside(report: SelfInspectionReport) -> DraftAside | None:
    """
    Take the report's open version out, whole; None if there is none. In a transaction
    that holds the report and puts it back.
    """
    if not report.versions.filter(sealed_at__isnull=True).exists():
        return None
    version = locked_open_version(report)
    held = (version.listed, version.stated, version.photos, version.checklist)
    children = [row for rows in held for row in rows.all()]
    for rows in held:
        rows.all().delete()
    # By query, so that the rows in hand keep their keys.
    ReportVersion.objects.filter(pk=version.pk).delete()
    return DraftAside(version=version, children=children)


def put_back(
    draft: DraftAside, *, reason: str, by: Acting, at: dt.datetime
) -> ReportVersion:
    """
    Let the draft go on as the correction of what was received before it. Whoever has
    it open is told that it changed, by its revision.
    """
    version = draft.version
    version.ordinal += 1
    version.correction_reason = reason
    version.revision += 1
    version.saved_at, version.saved_by = at, by.membership
    version.save(force_insert=True)
    for row in draft.children:
        row.save(force_insert=True)
    return version
