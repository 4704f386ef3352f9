"""An enterprise's hazards by where they stand, each with its next step."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Acting, Enterprise, Site
from hazards.models import (
    OFF_THE_BOOKS,
    ON_THE_BOOKS,
    TO_BE_ELIMINATED,
    HazardAcceptance,
    HazardExtension,
    HazardState,
    HazardStatement,
    MajorHazard,
    SelfInspectionReport,
)
from hazards.queries.next_steps import NextStep, next_steps
from hazards.queries.open_hazards import NEWEST_SAID
from hazards.rules.lives import is_overdue

SHOWN = 200
"""So many open hazards a board shows; whoever has more narrows it."""
PAGE_SIZE = 25

OPEN = (HazardState.FOUND, *ON_THE_BOOKS)


class Column(StrEnum):
    """A column of the board."""

    TO_REPORT = "to-report"
    TO_PLAN = "to-plan"
    TO_RECTIFY = "to-rectify"
    TO_CLOSE = "to-close"
    RECHECK = "recheck"


_COLUMN_OF = {
    HazardState.FOUND: Column.TO_REPORT,
    HazardState.REGISTERED: Column.TO_REPORT,
    HazardState.REPORTED: Column.TO_PLAN,
    HazardState.PLANNED: Column.TO_RECTIFY,
    HazardState.RECTIFYING: Column.TO_RECTIFY,
    HazardState.ACCEPTED: Column.TO_CLOSE,
    HazardState.AWAITING_RECHECK: Column.RECHECK,
}


@dataclass(frozen=True)
class BoardFilter:
    """What is looked for; what is empty or None does not matter."""

    site: Site | None = None
    state: HazardState | None = None
    # In its number, place or description.
    words: str = ""


@dataclass(frozen=True)
class Card:
    """One hazard, what was said of it last, and what is next."""

    hazard: MajorHazard
    stated: HazardStatement | None
    steps: list[NextStep]
    on: dt.date

    @property
    def is_overdue(self) -> bool:
        """Whether its deadline has passed while it is not accepted."""
        running = self.hazard.state in TO_BE_ELIMINATED
        return running and is_overdue(self.hazard.due_on, on=self.on)

    @property
    def deadline_runs(self) -> bool:
        """Whether the days until the deadline matter."""
        return self.hazard.state in TO_BE_ELIMINATED and self.hazard.due_on is not None

    def waits_for(self, acting: Acting) -> bool:
        """Whether a next step is one that the person's role takes."""
        return any(step.waits_for(acting) for step in self.steps)


@dataclass(frozen=True)
class Board:
    """The open hazards by column, overdue first in each, and how many have ended."""

    columns: dict[Column, list[Card]]
    ended: int

    @property
    def cards(self) -> list[Card]:
        """All that is shown."""
        return [card for cards in self.columns.values() for card in cards]


@dataclass(frozen=True)
class EndedPage:
    """One page of what has ended, newest number first, and the key of the next."""

    cards: list[Card]
    next_key: str


def board(
    enterprise: Enterprise, *, wanted: BoardFilter = BoardFilter(), on: dt.date
) -> Board:
    """The board of the day; 6 queries."""
    rows = _narrowed(enterprise, wanted)
    found = list(
        rows.filter(state__in=OPEN).order_by(F("due_on").asc(nulls_last=True), "id")[
            :SHOWN
        ]
    )
    columns: dict[Column, list[Card]] = {column: [] for column in Column}
    for card in cards_of(found, on=on):
        columns[_COLUMN_OF[HazardState(card.hazard.state)]].append(card)
    return Board(columns=columns, ended=rows.filter(state__in=OFF_THE_BOOKS).count())


def ended_page(
    enterprise: Enterprise,
    *,
    wanted: BoardFilter = BoardFilter(),
    on: dt.date,
    after: str = "",
) -> EndedPage:
    """
    What has ended after the key, in the order of an index; a key that cannot be read,
    or after which nothing comes, starts anew. At most 6 queries.
    """
    rows = _narrowed(enterprise, wanted).filter(state__in=OFF_THE_BOOKS).order_by("-id")
    found: list[MajorHazard] = []
    if after.isascii() and after.isdigit() and len(after) < 19:
        found = list(rows.filter(pk__lt=int(after))[: PAGE_SIZE + 1])
    if not found:
        found = list(rows[: PAGE_SIZE + 1])
    page = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    return EndedPage(cards_of(page, on=on), str(page[-1].pk) if more else "")


def cards_of(hazards: Sequence[MajorHazard], *, on: dt.date) -> list[Card]:
    """What is asked about these hazards of one enterprise; 4 queries."""
    said = latest_of(HazardStatement.objects.filter(hazard__in=hazards))
    waiting = set(
        HazardAcceptance.objects.filter(
            recorded__hazard__in=hazards, answered__isnull=True
        ).values_list("recorded__hazard", flat=True)
    )
    of_bureau = set(
        HazardExtension.objects.filter(
            asked__hazard__in=hazards, answered__isnull=True, by_bureau=True
        ).values_list("asked__hazard", flat=True)
    )
    writing = _writing(hazards)
    return [
        Card(
            hazard=hazard,
            stated=said.get(hazard.pk),
            steps=next_steps(
                hazard,
                acceptance_waits=hazard.pk in waiting,
                extension_by_bureau=hazard.pk in of_bureau,
                writing=writing.get(hazard.pk, ()),
            ),
            on=on,
        )
        for hazard in hazards
    ]


def latest_of(rows: QuerySet[HazardStatement]) -> dict[int, HazardStatement]:
    """What these rows say last of each hazard; 1 query."""
    last = (
        rows.select_related("site").order_by("hazard", *NEWEST_SAID).distinct("hazard")
    )
    return {row.hazard_id: row for row in last}


def _writing(
    hazards: Iterable[MajorHazard],
) -> dict[int, list[SelfInspectionReport]]:
    """By hazard, the reports whose open version names it; 1 query."""
    named = HazardStatement.objects.filter(
        hazard__in=hazards, version__sealed_at__isnull=True
    ).select_related("version__report")
    found: dict[int, list[SelfInspectionReport]] = {}
    for row in named.order_by("-version"):
        found.setdefault(row.hazard_id, []).append(row.version.report)
    return found


def _narrowed(enterprise: Enterprise, wanted: BoardFilter) -> QuerySet[MajorHazard]:
    rows = MajorHazard.objects.filter(enterprise=enterprise)
    if wanted.state is not None:
        rows = rows.filter(state=wanted.state)
    if wanted.site is None and not wanted.words:
        return rows
    # What was said before does not count any more.
    last = HazardStatement.objects.filter(hazard=OuterRef("hazard")).order_by(
        *NEWEST_SAID
    )
    said = HazardStatement.objects.filter(
        hazard__enterprise=enterprise, pk=Subquery(last.values("pk")[:1])
    )
    if wanted.site is not None:
        rows = rows.filter(pk__in=said.filter(site=wanted.site).values("hazard"))
    if wanted.words:
        words = wanted.words
        named = said.filter(Q(place__icontains=words) | Q(description__icontains=words))
        rows = rows.filter(
            Q(number__icontains=words) | Q(pk__in=named.values("hazard"))
        )
    return rows


@dataclass(frozen=True)
class HazardFigures:
    """What an enterprise's desk says of its hazards."""

    open: int
    overdue: int
    # Cards whose next step the person takes.
    waiting: list[Card]


def hazard_figures(acting: Acting, *, on: dt.date) -> HazardFigures:
    """The figures for the person's desk; 5 queries."""
    own = MajorHazard.objects.filter(enterprise=acting.enterprise)
    counts = own.aggregate(
        open=Count("pk", filter=Q(state__in=ON_THE_BOOKS)),
        overdue=Count("pk", filter=Q(state__in=TO_BE_ELIMINATED, due_on__lt=on)),
    )
    rows = own.filter(state__in=OPEN).order_by(F("due_on").asc(nulls_last=True), "id")
    cards = cards_of(list(rows[:SHOWN]), on=on)
    return HazardFigures(
        open=counts["open"],
        overdue=counts["overdue"],
        waiting=[card for card in cards if card.waits_for(acting)],
    )
