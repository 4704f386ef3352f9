"""The list of an enterprise's general hazards, narrowed and by pages."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from accounts.models import Acting
from accounts.queries.paging import PAGE_SIZE, after_row
from hazards.models import GeneralHazard
from hazards.rules.quarters import Quarter


class Standing(StrEnum):
    """How a general hazard stands."""

    OPEN = "open"
    OVERDUE = "overdue"
    RECTIFIED = "rectified"
    STRUCK_OUT = "struck-out"
    GRADED_UP = "graded-up"


@dataclass(frozen=True)
class Wanted:
    """How the list is narrowed; None = not."""

    standing: Standing | None = None
    quarter: Quarter | None = None


@dataclass(frozen=True)
class GeneralHazardPage:
    """Some general hazards, and where the next page begins."""

    rows: list[GeneralHazard]
    next_after: str


def general_hazard_page(
    acting: Acting, *, wanted: Wanted, after: str = ""
) -> GeneralHazardPage:
    """The enterprise's general hazards, what was recorded last first; 2 queries."""
    rows = (
        GeneralHazard.objects.visible_to(acting)
        .filter(_narrowed(wanted, acting))
        .select_related("site")
    )
    ordered = after_row(rows, "id", after=after, newest_first=True)
    found = list(ordered[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    return GeneralHazardPage(shown, str(shown[-1].public_id) if more else "")


def _narrowed(wanted: Wanted, acting: Acting) -> Q:
    narrowed = Q()
    if wanted.quarter is not None:
        narrowed &= Q(
            found_on__range=(wanted.quarter.starts_on, wanted.quarter.ends_on)
        )
    ends = {
        Standing.RECTIFIED: "rectified_at",
        Standing.STRUCK_OUT: "struck_at",
        Standing.GRADED_UP: "raised_at",
    }
    if wanted.standing in ends:
        narrowed &= Q(**{f"{ends[wanted.standing]}__isnull": False})
    elif wanted.standing is not None:
        narrowed &= Q(**{f"{column}__isnull": True for column in ends.values()})
    if wanted.standing == Standing.OVERDUE:
        # The deadline's day itself is in time.
        narrowed &= Q(due_on__lt=acting.on)
    return narrowed
