"""
Hazards whose rectification period has passed and that no re-check has looked at since:
where a bureau verifies by spot check (circular 应急〔2025〕11号, item 12). By deadline
alone, paged by keyset; nothing here ranks enterprises (item 14).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.db import connection
from psycopg import sql

from accounts.models import Bureau
from hazards.models import (
    SAID_TO_BE_DONE,
    TO_BE_ELIMINATED,
    CheckKind,
    CheckState,
    HazardState,
    HazardStatement,
    MajorHazard,
    SpotCheck,
)
from hazards.queries.hazard_boards import latest_of
from hazards.queries.owed import LIKE, LIKE_ESCAPED

PAGE_SIZE = 25


class Tab(StrEnum):
    """Which list."""

    OPEN = "open"
    """Nobody says that it is eliminated; the deadline that passed first leads."""
    DONE = "done"
    """Accepted or closed; the deadline that passed last leads."""


@dataclass(frozen=True)
class RecheckFilter:
    """What is looked for; what is empty or None does not matter."""

    tab: Tab = Tab.OPEN
    # One at or below the reader's.
    bureau: Bureau | None = None
    # The beginning of the enterprise's name.
    name: str = ""


@dataclass(frozen=True)
class RecheckLine:
    """One hazard, what the last received version says of it, and who comes already."""

    hazard: MajorHazard
    stated: HazardStatement | None
    # A re-check of the enterprise that is planned and has not begun.
    planned: SpotCheck | None
    on: dt.date


@dataclass(frozen=True)
class RecheckPage:
    """One page and the key of the next, if there is one."""

    lines: list[RecheckLine]
    next_key: str


Key = tuple[dt.date, int]


def recheck_page(
    bureaus: Sequence[Bureau],
    *,
    wanted: RecheckFilter = RecheckFilter(),
    on: dt.date,
    after: str = "",
) -> RecheckPage:
    """
    The candidates that these bureaus hold on the day (Asia/Shanghai) after the key; a
    key that cannot be read, or after which there is nothing, starts anew. 5 queries.
    """
    key, found = _read(after), []
    if key is not None:
        found = _rows(bureaus, wanted, on=on, after=key)
    if not found:
        found = _rows(bureaus, wanted, on=on, after=None)
    page = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    return RecheckPage(
        lines=_lines([hazard for _, hazard in page], on=on),
        next_key=f"{page[-1][0].isoformat()}~{page[-1][1].pk}" if more else "",
    )


@dataclass(frozen=True)
class _Walk:
    """A list's day, written as its index is, its states and its direction."""

    day: sql.SQL
    states: Sequence[HazardState]
    way: sql.SQL
    beyond: sql.SQL


_WALKS: Mapping[Tab, _Walk] = MappingProxyType(
    {
        Tab.OPEN: _Walk(
            day=sql.SQL(
                "CASE WHEN state = 'awaiting_recheck' THEN recheck_due_on"
                " WHEN state = 'accepted' THEN DATE '9999-12-31'"
                " ELSE COALESCE(due_on, DATE '9999-12-31') END"
            ),
            states=TO_BE_ELIMINATED,
            way=sql.SQL("ASC"),
            beyond=sql.SQL(">"),
        ),
        Tab.DONE: _Walk(
            day=sql.SQL("due_on"),
            states=SAID_TO_BE_DONE,
            way=sql.SQL("DESC"),
            beyond=sql.SQL("<"),
        ),
    }
)

# For each bureau the first rows are found in an index of their order. Looked at: by a
# re-check of the hazard, or by one that began at the enterprise, there where it is.
_FOUND = sql.SQL("""
    SELECT h.id, h.day FROM unnest(%(bureaus)s::bigint[]) AS b (id)
    CROSS JOIN LATERAL (
        SELECT id, {day} AS day FROM hazards_majorhazard each
        WHERE bureau_id = b.id AND state IN ({states}) AND ({day}) < %(on)s {narrowed}
          AND NOT EXISTS (
            SELECT FROM hazards_hazardact act
            WHERE act.hazard_id = each.id
              AND act.kind IN ('pass-recheck', 'fail-recheck') AND act.at
                >= (each.due_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
          )
          AND NOT EXISTS (
            SELECT FROM hazards_spotcheck visit
            WHERE visit.enterprise_id = each.enterprise_id AND visit.kind = 'recheck'
              AND visit.state IN ('started', 'ended') AND visit.started_at
                >= (each.due_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
              AND (visit.site_id IS NULL OR visit.site_id IN (
                SELECT site_id FROM hazards_hazardstatement WHERE hazard_id = each.id
              ))
          )
        ORDER BY {day} {way}, id {way} LIMIT %(limit)s
    ) h ORDER BY h.day {way}, h.id {way} LIMIT %(limit)s
""")


def statement(wanted: RecheckFilter, *, after: Key | None = None) -> sql.Composed:
    """The SQL that finds a page's ids, each with its deadline."""
    walk = _WALKS[wanted.tab]
    parts: list[sql.Composable] = []
    if wanted.name:
        parts.append(
            sql.SQL(
                "AND enterprise_id IN (SELECT id FROM accounts_enterprise"
                " WHERE name LIKE %(name)s)"
            )
        )
    if after is not None:
        further = sql.SQL("AND ({}, id) {} (%(day)s, %(pk)s)")
        parts.append(further.format(walk.day, walk.beyond))
    return _FOUND.format(
        day=walk.day,
        states=sql.SQL(", ").join(sql.Literal(state.value) for state in walk.states),
        way=walk.way,
        narrowed=sql.SQL(" ").join(parts),
    )


def values(
    bureaus: Sequence[Bureau],
    wanted: RecheckFilter,
    *,
    on: dt.date,
    after: Key | None = None,
) -> dict[str, Any]:
    """What the statement is asked with; one row more than a page shows."""
    day, pk = after or (None, None)
    return {
        "bureaus": [b.pk for b in bureaus if wanted.bureau in (None, b)],
        "on": on,
        "name": f"{LIKE.sub(LIKE_ESCAPED, wanted.name)}%",
        "day": day,
        "pk": pk,
        "limit": PAGE_SIZE + 1,
    }


def _rows(
    bureaus: Sequence[Bureau], wanted: RecheckFilter, *, on: dt.date, after: Key | None
) -> list[tuple[dt.date, MajorHazard]]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement(wanted, after=after), values(bureaus, wanted, on=on, after=after)
        )
        found = cursor.fetchall()
    hazards = MajorHazard.objects.select_related("enterprise", "bureau").in_bulk(
        [pk for pk, _ in found]
    )
    return [(day, hazards[pk]) for pk, day in found]


def _lines(hazards: Sequence[MajorHazard], *, on: dt.date) -> list[RecheckLine]:
    """What else is asked about these rows; 2 queries."""
    said = latest_of(
        HazardStatement.objects.filter(
            hazard__in=hazards, version__sealed_at__isnull=False
        )
    )
    coming = SpotCheck.objects.filter(
        enterprise__in={hazard.enterprise_id for hazard in hazards},
        kind=CheckKind.RECHECK,
        state__in=(CheckState.PLANNED, CheckState.APPROVED),
    )
    planned = {check.enterprise_id: check for check in coming.order_by("id")}
    return [
        RecheckLine(
            hazard=hazard,
            stated=said.get(hazard.pk),
            planned=planned.get(hazard.enterprise_id),
            on=on,
        )
        for hazard in hazards
    ]


def _read(key: str) -> Key | None:
    """The key of a page, if it is one."""
    day, _, pk = key.partition("~")
    try:
        number = int(pk)
        found = dt.date.fromisoformat(day)
    except ValueError:
        return None
    return (found, number) if 0 <= number < 2**63 else None
