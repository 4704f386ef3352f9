"""
The hazards that a bureau and those below it hold: by the next day that counts or by
age, paged by keyset. Nothing here ranks enterprises or bureaus (circular
应急〔2025〕11号, item 14).
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.db import connection
from psycopg import sql

from accounts.models import Bureau
from hazards.models import (
    OFF_THE_BOOKS,
    ON_THE_BOOKS,
    TO_BE_ELIMINATED,
    HazardExtension,
    HazardState,
    HazardStatement,
    ListedLevel,
    MajorHazard,
)
from hazards.queries.hazard_boards import latest_of
from hazards.queries.owed import COUNTED_TO, LIKE, LIKE_ESCAPED
from hazards.rules.lives import answer_due, day_of, is_overdue

PAGE_SIZE = 25


class HeldOrder(StrEnum):
    """Which list, and by what it is ordered."""

    DEADLINE = "deadline"
    """On the books; the earliest day that counts first, so those past it lead."""
    AGE = "age"
    """On the books; first reported first."""
    ENDED = "ended"
    """Off the books; the newest number first."""


@dataclass(frozen=True)
class HeldFilter:
    """What is looked for; what is empty, False or None does not matter."""

    order: HeldOrder = HeldOrder.DEADLINE
    # One at or below the reader's.
    bureau: Bureau | None = None
    state: HazardState | None = None
    listed: ListedLevel | None = None
    # The deadline ended before this day, and it is not accepted.
    overdue_on: dt.date | None = None
    # More time was asked for, and is not answered.
    asked: bool = False
    recheck: bool = False
    # The beginning of the enterprise's name.
    name: str = ""


@dataclass(frozen=True)
class HeldLine:
    """One hazard with what a bureau asks about it, on a day (Asia/Shanghai)."""

    hazard: MajorHazard
    # What the last received version says of it.
    stated: HazardStatement | None
    extension: HazardExtension | None
    on: dt.date

    @property
    def age(self) -> int | None:
        """Days since it was first reported."""
        first = self.hazard.first_reported_at
        return None if first is None else (self.on - day_of(first)).days

    @property
    def is_overdue(self) -> bool:
        """Whether its deadline has passed while it is not accepted."""
        return self.deadline_runs and is_overdue(self.hazard.due_on, on=self.on)

    @property
    def deadline_runs(self) -> bool:
        """Whether the days until the deadline matter."""
        return self.hazard.state in TO_BE_ELIMINATED and self.hazard.due_on is not None

    @property
    def awaits_recheck(self) -> bool:
        """Whether the bureau is to look on site."""
        return self.hazard.state == HazardState.AWAITING_RECHECK

    @property
    def recheck_is_late(self) -> bool:
        """Whether the bureau should have looked on site by now."""
        return self.awaits_recheck and is_overdue(
            self.hazard.recheck_due_on, on=self.on
        )

    @property
    def answer_by(self) -> dt.date | None:
        """By when more time is answered before somebody is reminded."""
        asked_at = self.hazard.extension_asked_at
        return None if asked_at is None else answer_due(day_of(asked_at))


@dataclass(frozen=True)
class HeldPage:
    """One page and the key of the next, if there is one."""

    lines: list[HeldLine]
    next_key: str


@dataclass(frozen=True)
class HeldFigures:
    """What a bureau's desk says in numbers, counted up to `COUNTED_TO` + 1."""

    open: int
    overdue: int
    asked: int
    recheck: int


Key = tuple[str, int]


def held_page(
    bureaus: Sequence[Bureau],
    *,
    wanted: HeldFilter = HeldFilter(),
    on: dt.date,
    after: str = "",
) -> HeldPage:
    """
    The hazards that these bureaus hold after the key; a key that cannot be read, or
    after which there is nothing, starts anew. 5 queries.
    """
    key, found = _read(after, wanted.order), []
    if key is not None:
        found = _rows(bureaus, wanted, after=key, limit=PAGE_SIZE + 1)
    if not found:
        found = _rows(bureaus, wanted, after=None, limit=PAGE_SIZE + 1)
    page = found[:PAGE_SIZE]
    return HeldPage(
        lines=_lines([hazard for _, hazard in page], on=on),
        next_key=_write(page[-1]) if len(found) > PAGE_SIZE else "",
    )


def all_held(
    bureaus: Sequence[Bureau], *, wanted: HeldFilter, on: dt.date, batch: int = 1000
) -> Iterator[HeldLine]:
    """Yield every hazard of the list, some at a time, so that memory stays flat."""
    key: Key | None = None
    while rows := _rows(bureaus, wanted, after=key, limit=batch):
        yield from _lines([hazard for _, hazard in rows], on=on)
        last, hazard = rows[-1]
        key = (last, hazard.pk)


def count_held(
    bureaus: Sequence[Bureau], *, wanted: HeldFilter, up_to: int = COUNTED_TO
) -> int:
    """Count the hazards of the list, up to one more than the limit."""
    values = _values(bureaus, wanted, after=None, limit=up_to + 1)
    counted = sql.SQL("SELECT count(*) FROM ({}) found").format(statement(wanted))
    with connection.cursor() as cursor:
        cursor.execute(counted, values)
        row = cursor.fetchone()
    return row[0] if row else 0


def held_figures(bureaus: Sequence[Bureau], *, on: dt.date) -> HeldFigures:
    """Count what the bureaus hold, up to the limit; 4 queries."""
    filters = (
        HeldFilter(),
        HeldFilter(overdue_on=on),
        HeldFilter(asked=True),
        HeldFilter(recheck=True),
    )
    return HeldFigures(*(count_held(bureaus, wanted=wanted) for wanted in filters))


@dataclass(frozen=True)
class _Walk:
    """What a list is ordered by, written as its index is, and what it goes through."""

    by: sql.SQL
    type: sql.SQL
    states: Sequence[HazardState]
    descends: bool = False

    @property
    def way(self) -> sql.SQL:
        """In which direction it goes."""
        return sql.SQL("DESC") if self.descends else sql.SQL("ASC")

    @property
    def beyond(self) -> sql.SQL:
        """How what comes after a key compares with it."""
        return sql.SQL("<") if self.descends else sql.SQL(">")


# The first two as in the indexes of models/hazards.py.
_WALKS: Mapping[HeldOrder, _Walk] = MappingProxyType(
    {
        HeldOrder.DEADLINE: _Walk(
            by=sql.SQL(
                "CASE WHEN state = 'awaiting_recheck' THEN recheck_due_on"
                " WHEN state = 'accepted' THEN DATE '9999-12-31'"
                " ELSE COALESCE(due_on, DATE '9999-12-31') END"
            ),
            type=sql.SQL("date"),
            states=ON_THE_BOOKS,
        ),
        HeldOrder.AGE: _Walk(
            by=sql.SQL("COALESCE(first_reported_at, registered_at)"),
            type=sql.SQL("timestamptz"),
            states=ON_THE_BOOKS,
        ),
        HeldOrder.ENDED: _Walk(
            by=sql.SQL("id"),
            type=sql.SQL("bigint"),
            states=OFF_THE_BOOKS,
            descends=True,
        ),
    }
)

# For each bureau the first rows are found in an index of their order; of the few that
# this gives, the first ones are the page, at any depth and over any tree.
_FOUND = sql.SQL("""
    SELECT h.id, h.counts::text FROM unnest(%(bureaus)s::bigint[]) AS b (id)
    CROSS JOIN LATERAL (
        SELECT id, {order} AS counts FROM hazards_majorhazard
        WHERE bureau_id = b.id AND {narrowed}
        ORDER BY {order} {way}, id {way} LIMIT %(limit)s
    ) h ORDER BY h.counts {way}, h.id {way} LIMIT %(limit)s
""")


def statement(wanted: HeldFilter, *, after: Key | None = None) -> sql.Composed:
    """The SQL that finds a page's ids, each with what it is ordered by."""
    walk = _WALKS[wanted.order]
    narrowed = _narrowed(wanted, after)
    return _FOUND.format(order=walk.by, way=walk.way, narrowed=narrowed)


def _rows(
    bureaus: Sequence[Bureau], wanted: HeldFilter, *, after: Key | None, limit: int
) -> list[tuple[str, MajorHazard]]:
    values = _values(bureaus, wanted, after=after, limit=limit)
    with connection.cursor() as cursor:
        cursor.execute(statement(wanted, after=after), values)
        found = cursor.fetchall()
    hazards = MajorHazard.objects.select_related("enterprise", "bureau").in_bulk(
        [pk for pk, _ in found]
    )
    return [(counts, hazards[pk]) for pk, counts in found]


def _values(
    bureaus: Sequence[Bureau], wanted: HeldFilter, *, after: Key | None, limit: int
) -> dict[str, Any]:
    counts, pk = after or (None, None)
    return {
        "bureaus": [b.pk for b in bureaus if wanted.bureau in (None, b)],
        "limit": limit,
        "state": wanted.state,
        "listed": wanted.listed,
        "overdue_on": wanted.overdue_on,
        "name": f"{LIKE.sub(LIKE_ESCAPED, wanted.name)}%",
        "counts": counts,
        "pk": pk,
    }


def _narrowed(wanted: HeldFilter, after: Key | None = None) -> sql.Composable:
    """The conditions, the first one written as the partial index is."""
    walk = _WALKS[wanted.order]
    parts: list[sql.Composable] = [_among(walk.states)]
    if wanted.state is not None:
        parts.append(sql.SQL("state = %(state)s"))
    if wanted.listed is not None:
        parts.append(sql.SQL("listed = %(listed)s"))
    if wanted.overdue_on is not None:
        parts.append(_among(TO_BE_ELIMINATED))
        counts = _WALKS[HeldOrder.DEADLINE].by
        parts.append(sql.SQL("({}) < %(overdue_on)s").format(counts))
    if wanted.asked:
        parts.append(sql.SQL("extension_asked_at IS NOT NULL"))
    if wanted.recheck:
        parts.append(_among((HazardState.AWAITING_RECHECK,)))
    if wanted.name:
        parts.append(
            sql.SQL(
                "enterprise_id IN (SELECT id FROM accounts_enterprise"
                " WHERE name LIKE %(name)s)"
            )
        )
    if after is not None:
        further = sql.SQL("({}, id) {} (%(counts)s::{}, %(pk)s)")
        parts.append(further.format(walk.by, walk.beyond, walk.type))
    return sql.SQL(" AND ").join(parts)


def _among(states: Sequence[HazardState]) -> sql.Composable:
    named = sql.SQL(", ").join(sql.Literal(state.value) for state in states)
    return sql.SQL("state IN ({})").format(named)


def _lines(hazards: Sequence[MajorHazard], *, on: dt.date) -> list[HeldLine]:
    """What else is asked about these rows; 2 queries."""
    said = latest_of(
        HazardStatement.objects.filter(
            hazard__in=hazards, version__sealed_at__isnull=False
        )
    )
    asked = {
        row.asked.hazard_id: row
        for row in HazardExtension.objects.filter(
            asked__hazard__in=hazards, answered__isnull=True
        ).select_related("asked")
    }
    return [
        HeldLine(
            hazard=hazard,
            stated=said.get(hazard.pk),
            extension=asked.get(hazard.pk),
            on=on,
        )
        for hazard in hazards
    ]


def _write(row: tuple[str, MajorHazard]) -> str:
    counts, hazard = row
    return f"{counts}~{hazard.pk}"


def _read(key: str, order: HeldOrder) -> Key | None:
    """The key of a page, if it is one of this order."""
    counts, _, pk = key.partition("~")
    try:
        number = int(pk)
        match order:
            case HeldOrder.DEADLINE:
                counts = dt.date.fromisoformat(counts).isoformat()
            case HeldOrder.AGE:
                counts = dt.datetime.fromisoformat(counts).isoformat()
            case HeldOrder.ENDED:
                counts = str(number)
    except ValueError:
        return None
    return (counts, number) if 0 <= number < 2**63 else None
