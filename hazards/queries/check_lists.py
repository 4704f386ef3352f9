"""Spot checks in lists: all that somebody sees, those that wait for a person."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Acting, Enterprise, Role
from accounts.queries.paging import PAGE_SIZE, after_row
from hazards.models import CheckKind, CheckState, SpotCheck, SpotCheckOfficer

WAITING_SHOWN = 20
"""So many a desk or an entrance shows; the list has the others."""


@dataclass(frozen=True)
class CheckFilter:
    """What is looked for; None does not matter."""

    state: CheckState | None = None
    kind: CheckKind | None = None


@dataclass(frozen=True)
class CheckListPage:
    """Some checks, planned last first, and where the next page begins."""

    rows: list[SpotCheck]
    next_after: str


def check_list(
    acting: Acting, *, wanted: CheckFilter = CheckFilter(), after: str = ""
) -> CheckListPage:
    """A page of the checks that the person sees; at most 2 queries."""
    rows = SpotCheck.objects.visible_to(acting).select_related("enterprise", "bureau")
    if wanted.state is not None:
        rows = rows.filter(state=wanted.state)
    if wanted.kind is not None:
        rows = rows.filter(kind=wanted.kind)
    found = list(after_row(rows, "id", after=after, newest_first=True)[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    return CheckListPage(shown, str(shown[-1].public_id) if more else "")


def checks_that_wait(acting: Acting) -> list[SpotCheck]:
    """
    For a head, plans to approve; for an inspector, own checks to begin and to end; for
    others none. 1 query.
    """
    rows: QuerySet[SpotCheck] = SpotCheck.objects.visible_to(acting)
    if acting.role == Role.BUREAU_HEAD:
        rows = rows.filter(bureau=acting.bureau, state=CheckState.PLANNED)
    elif acting.role == Role.INSPECTOR:
        rows = _of_officer(rows, acting)
    else:
        return []
    return _shown(rows)


def checks_to_begin(acting: Acting, enterprise: Enterprise) -> list[SpotCheck]:
    """The person's own checks of the enterprise, approved or under way; 1 query."""
    if acting.role != Role.INSPECTOR:
        return []
    rows = SpotCheck.objects.visible_to(acting).filter(enterprise=enterprise)
    return _shown(_of_officer(rows, acting))


def enterprise_before_me(acting: Acting) -> QuerySet[Enterprise]:
    """
    The enterprises that the person sees, and those of whose checks they are an officer,
    as an officer of a bureau that joins may see no more of them.
    """
    mine = _of_officer(SpotCheck.objects.visible_to(acting), acting)
    seen = Enterprise.objects.visible_to(acting)
    if acting.bureau is None:
        return seen
    return seen | Enterprise.objects.filter(
        Exists(mine.filter(enterprise=OuterRef("pk")))
    )


def _of_officer(rows: QuerySet[SpotCheck], acting: Acting) -> QuerySet[SpotCheck]:
    named = SpotCheckOfficer.objects.filter(
        spot_check=OuterRef("pk"), membership__user=acting.user
    )
    return rows.filter(
        Exists(named), state__in=[CheckState.APPROVED, CheckState.STARTED]
    )


def _shown(rows: QuerySet[SpotCheck]) -> list[SpotCheck]:
    related = rows.select_related("enterprise", "bureau")
    return list(related.order_by("planned_on", "id")[:WAITING_SHOWN])
