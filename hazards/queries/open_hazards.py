"""Registered hazards of an enterprise, and what was said of them last."""

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import Enterprise
from hazards.models import (
    ON_THE_BOOKS,
    HazardStatement,
    MajorHazard,
    ReportVersion,
)

# A quarter's report, one at once and a plan may all speak of it: what was written last
# counts. A copy carried into another version keeps when it was written.
NEWEST_SAID = ("-saved_at", "-version")


def latest_statements(enterprise: Enterprise) -> QuerySet[HazardStatement]:
    """What was said last of each registered hazard of the enterprise."""
    return (
        HazardStatement.objects.filter(
            hazard__enterprise=enterprise, hazard__registered_at__isnull=False
        )
        .select_related("hazard", "version")
        .order_by("hazard", *NEWEST_SAID)
        .distinct("hazard")
    )


def newer_statements(version: ReportVersion) -> QuerySet[HazardStatement]:
    """
    What other versions have said of the hazards of an open version since it was
    written there, the last of each hazard.
    """
    own = HazardStatement.objects.filter(version=version, hazard=OuterRef("hazard"))
    return (
        HazardStatement.objects.filter(
            hazard__in=version.stated.values("hazard"),
            hazard__registered_at__isnull=False,
            saved_at__gt=Subquery(own.values("saved_at")[:1]),
        )
        .exclude(version=version)
        .select_related("hazard", "version__report__hazard", "saved_by__user")
        .order_by("hazard", *NEWEST_SAID)
        .distinct("hazard")
    )


def open_and_unnamed(version: ReportVersion) -> list[MajorHazard]:
    """
    Hazards on the enterprise's books that nobody has called eliminated and that the
    version does not name; 1 query.
    """
    said = HazardStatement.objects.filter(hazard=OuterRef("pk")).order_by(*NEWEST_SAID)
    return list(
        MajorHazard.objects.filter(
            enterprise=version.report.enterprise_id, state__in=ON_THE_BOOKS
        )
        .exclude(statements__version=version)
        .annotate(eliminated_on=Subquery(said.values("rectified_on")[:1]))
        .filter(eliminated_on__isnull=True)
        .order_by("number")
    )
