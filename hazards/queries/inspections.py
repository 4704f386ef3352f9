"""Reads about visits: a page of the list, one visit whole, who could have come."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Acting, Enterprise, Membership, Role
from hazards.models import Attendance, SelfInspection, SelfInspectionReport

PAGE_SIZE = 20


@dataclass(frozen=True)
class InspectionPage:
    """Visits, newest first; a cursor is empty where that side has no more."""

    inspections: tuple[SelfInspection, ...]
    newer: str = ""
    older: str = ""


def page_of(
    acting: Acting, *, older_than: str = "", newer_than: str = ""
) -> InspectionPage:
    """
    The visits that the person sees, a page of them from a cursor on. A cursor is the
    public id of the last visit seen; one that is unknown gives the first page.
    """
    visible = _with_people(SelfInspection.objects.visible_to(acting))
    newest_first = visible.order_by("-started_on", "-id")
    if (last := _seen(acting, older_than)) is not None:
        beyond = Q(started_on__lt=last.started_on) | Q(
            started_on=last.started_on, pk__lt=last.pk
        )
        rows = list(newest_first.filter(beyond)[: PAGE_SIZE + 1])
        return _page(rows[:PAGE_SIZE], newer=True, older=len(rows) > PAGE_SIZE)
    if (first := _seen(acting, newer_than)) is not None:
        beyond = Q(started_on__gt=first.started_on) | Q(
            started_on=first.started_on, pk__gt=first.pk
        )
        rows = list(newest_first.reverse().filter(beyond)[: PAGE_SIZE + 1])
        shown = rows[:PAGE_SIZE][::-1]
        return _page(shown, newer=len(rows) > PAGE_SIZE, older=True)
    rows = list(newest_first[: PAGE_SIZE + 1])
    return _page(rows[:PAGE_SIZE], newer=False, older=len(rows) > PAGE_SIZE)


def whole(acting: Acting) -> QuerySet[SelfInspection]:
    """The visits that the person sees, each with all that its page shows."""
    visible = SelfInspection.objects.visible_to(acting)
    return _with_people(visible).select_related("recorded_by__user", "enterprise")


def reports_listing(
    inspection: SelfInspection, *, acting: Acting
) -> QuerySet[SelfInspectionReport]:
    """The reports of which a version lists the visit, newest quarter first."""
    return (
        SelfInspectionReport.objects.visible_to(acting)
        .filter(versions__listed__inspection=inspection)
        .distinct()
        .order_by("-year", "-quarter_number")
    )


def report_of_quarter(
    inspection: SelfInspection, *, acting: Acting
) -> SelfInspectionReport | None:
    """The report of the visit's quarter, if somebody has begun it."""
    return (
        SelfInspectionReport.objects.visible_to(acting)
        .for_quarter(inspection.quarter)
        .first()
    )


def last_visit(enterprise: Enterprise) -> SelfInspection | None:
    """The visit held last, with its sites and people; the next one is often alike."""
    return (
        _with_people(SelfInspection.objects.filter(enterprise=enterprise))
        .order_by("-started_on", "-id")
        .first()
    )


def possible_members(
    enterprise: Enterprise, *, on: dt.date, inspection: SelfInspection | None = None
) -> list[Membership]:
    """
    Who can be listed: the team, its leaders and clerks of the day (Asia/Shanghai), and
    whoever the visit lists already, also after they have left. The principal's part is
    stated apart.
    """
    listed = Q(pk__in=[])
    if inspection is not None:
        listed = Q(attendances__inspection=inspection)
    today = Membership.objects.holding_on(on).values("pk")
    return list(
        Membership.objects.filter(Q(pk__in=today) | listed, enterprise=enterprise)
        .exclude(role=Role.PRINCIPAL)
        .select_related("user")
        .order_by("user__full_name", "pk")
        .distinct()
    )


def _with_people(inspections: QuerySet[SelfInspection]) -> QuerySet[SelfInspection]:
    people = Attendance.objects.select_related("membership").order_by("pk")
    return inspections.select_related(
        "participation__principal__user"
    ).prefetch_related("sites", Prefetch("attendances", queryset=people))


def _seen(acting: Acting, cursor: str) -> SelfInspection | None:
    try:
        public_id = uuid.UUID(cursor)
    except ValueError:
        return None
    return SelfInspection.objects.visible_to(acting).filter(public_id=public_id).first()


def _page(shown: list[SelfInspection], *, newer: bool, older: bool) -> InspectionPage:
    if not shown:
        return InspectionPage(())
    return InspectionPage(
        tuple(shown),
        newer=str(shown[0].public_id) if newer else "",
        older=str(shown[-1].public_id) if older else "",
    )
