"""What the pages of one hazard read."""

import datetime as dt
import uuid

from accounts.models import Enterprise, Site
from hazards.models import HazardStatement, ReportVersion, SelfInspectionReport


def stated_in(
    version: ReportVersion, *, public_id: uuid.UUID
) -> HazardStatement | None:
    """What the version says of the hazard, or None; 1 query."""
    stated = (
        version.stated.select_related(
            "hazard__registered_by__user", "site__county", "saved_by__user"
        )
        .filter(hazard__public_id=public_id)
        .first()
    )
    if stated is not None:
        stated.version = version
    return stated


def only_statement(version: ReportVersion) -> HazardStatement:
    """What a report about one hazard says of it; 1 query."""
    stated = version.stated.select_related(
        "hazard__registered_by__user",
        "hazard__recurrence_of",
        "site__county",
        "saved_by__user",
    ).get()
    stated.version = version
    return stated


def unregistered(report: SelfInspectionReport) -> list[HazardStatement]:
    """What the open version says of hazards that are not on record yet; 1 query."""
    drafts = HazardStatement.objects.filter(
        version__report=report,
        version__sealed_at__isnull=True,
        hazard__registered_at__isnull=True,
    )
    return list(drafts.select_related("hazard").order_by("hazard__number"))


def sites_of(enterprise: Enterprise) -> list[Site]:
    """The enterprise's sites by name."""
    return list(Site.objects.filter(enterprise=enterprise).order_by("name"))


def day_found(version: ReportVersion) -> dt.date | None:
    """The last day of the last visit listed: most hazards are found on it."""
    days = version.listed.values_list("inspection__ended_on", flat=True)
    return days.order_by("-inspection__ended_on").first()
