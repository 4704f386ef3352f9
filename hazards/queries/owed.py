"""
Who owes what to a bureau and to those below it: by age alone, paged by keyset. Nothing
here ranks enterprises or bureaus (circular 应急〔2025〕11号, item 14).
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection
from psycopg import sql

from accounts.models import Bureau
from hazards.models import (
    OWED,
    ComplianceFlag,
    FlagKind,
    Obligation,
    ObligationKind,
    Reminder,
    ReportStatus,
    Scan,
    SelfInspectionReport,
)
from hazards.queries.standing import DUE_SOON
from hazards.rules import reminders
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.obligations import ObligationState
from hazards.rules.quarters import Quarter

PAGE_SIZE = 25
COUNTED_TO = 1000
"""Figures say "more than" this many instead of counting on."""
LIKE = re.compile(r"([\\%_])")
LIKE_ESCAPED = r"\\\1"


class Tab(StrEnum):
    """Which list."""

    OWED = "owed"
    """Missing, or to be judged."""
    COMING = "coming"
    """Not due yet, and nothing received that would satisfy it."""


@dataclass(frozen=True)
class OwedFilter:
    """What is looked for; what is empty or None does not matter."""

    tab: Tab = Tab.OWED
    kind: ObligationKind | None = None
    # A quarter, or the year of the principal's part.
    period: Quarter | int | None = None
    state: ObligationState | None = None
    # One at or below the reader's.
    bureau: Bureau | None = None
    # The beginning of the enterprise's name.
    name: str = ""
    # Only what is due by then.
    due_by: dt.datetime | None = None


@dataclass(frozen=True)
class OwedLine:
    """One duty with what a bureau asks about it."""

    duty: Obligation
    # Days since the due day; of what is not due yet, negative.
    age: int
    # The report of the quarter, where it was begun or received.
    report: SelfInspectionReport | None
    reminder: Reminder | None
    # Whether that reminder went to the bureau too.
    escalated: bool
    unreachable: bool

    @property
    def days_left(self) -> int:
        """Days until the due day; negative after it."""
        return -self.age

    @property
    def awaits_signature(self) -> bool:
        """Whether the report waits on the principal's desk."""
        return (
            self.report is not None
            and self.report.status == ReportStatus.AWAITING_SIGNATURE
        )


@dataclass(frozen=True)
class OwedPage:
    """One page and the key of the next, if there is one."""

    lines: list[OwedLine]
    next_key: str


Key = tuple[dt.datetime, int]


def bureaus_below(bureau: Bureau) -> list[Bureau]:
    """The bureau and those below it, from the top down."""
    return list(Bureau.objects.at_or_below(bureau).order_by("path"))


def owed_page(
    bureaus: Sequence[Bureau],
    *,
    wanted: OwedFilter = OwedFilter(),
    at: dt.datetime,
    after: str = "",
) -> OwedPage:
    """
    The duties towards these bureaus after the key, earliest due first; a key that
    cannot be read, or after which there is nothing, starts anew. 5 queries.
    """
    key, found = _read(after), []
    if key is not None:
        found = _rows(bureaus, wanted, after=key, limit=PAGE_SIZE + 1)
    if not found:
        found = _rows(bureaus, wanted, after=None, limit=PAGE_SIZE + 1)
    page = found[:PAGE_SIZE]
    return OwedPage(
        lines=_lines(page, at=at),
        next_key=_write(page[-1]) if len(found) > PAGE_SIZE else "",
    )


def all_owed(
    bureaus: Sequence[Bureau], *, wanted: OwedFilter, at: dt.datetime, batch: int = 1000
) -> Iterator[OwedLine]:
    """Yield every duty of the list, some rows at a time, so that memory stays flat."""
    key: Key | None = None
    while rows := _rows(bureaus, wanted, after=key, limit=batch):
        yield from _lines(rows, at=at)
        key = (rows[-1].due_at, rows[-1].pk)


def count_owed(
    bureaus: Sequence[Bureau], *, wanted: OwedFilter, up_to: int = COUNTED_TO
) -> int:
    """Count the duties of the list, up to one more than the limit."""
    found = _FOUND.format(narrowed=_narrowed(wanted))
    values = _values(bureaus, wanted, after=None, limit=up_to + 1)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(*) FROM ({}) found").format(found), values)
        row = cursor.fetchone()
    return row[0] if row else 0


def clock_ran_at() -> dt.datetime | None:
    """As of which instant the clock last had something to do."""
    runs = Scan.objects.filter(finished_at__isnull=False).order_by("-id")
    return runs.values_list("at", flat=True).first()


@dataclass(frozen=True)
class Figures:
    """What a bureau's desk says in numbers; each counted up to `COUNTED_TO` + 1."""

    missing: int
    pending: int
    due_soon: int


def figures(bureaus: Sequence[Bureau], *, at: dt.datetime) -> Figures:
    """Count what the bureaus are owed, up to the limit; 3 queries."""
    missing = OwedFilter(state=ObligationState.MISSING)
    pending = OwedFilter(state=ObligationState.PENDING)
    soon = OwedFilter(tab=Tab.COMING, due_by=at + DUE_SOON)
    return Figures(*(count_owed(bureaus, wanted=w) for w in (missing, pending, soon)))


# For each bureau and kind the first rows are found in an index of their order; of the
# few that this gives, the first ones are the page, at any depth and over any tree.
_FOUND = sql.SQL("""
    SELECT o.id FROM unnest(%(bureaus)s::bigint[]) AS b (id)
    CROSS JOIN unnest(%(kinds)s::text[]) AS k (kind)
    CROSS JOIN LATERAL (
        SELECT id, due_at FROM hazards_obligation
        WHERE bureau_id = b.id AND kind = k.kind AND {narrowed}
        ORDER BY due_at, id LIMIT %(limit)s
    ) o ORDER BY o.due_at, o.id LIMIT %(limit)s
""")


def _rows(
    bureaus: Sequence[Bureau], wanted: OwedFilter, *, after: Key | None, limit: int
) -> list[Obligation]:
    values = _values(bureaus, wanted, after=after, limit=limit)
    with connection.cursor() as cursor:
        cursor.execute(_FOUND.format(narrowed=_narrowed(wanted, after)), values)
        ids = [pk for (pk,) in cursor.fetchall()]
    return list(
        Obligation.objects.filter(pk__in=ids)
        .select_related("enterprise", "bureau")
        .order_by("due_at", "id")
    )


def _values(
    bureaus: Sequence[Bureau], wanted: OwedFilter, *, after: Key | None, limit: int
) -> dict[str, Any]:
    chosen = [b.pk for b in bureaus if wanted.bureau in (None, b)]
    kinds = [wanted.kind] if wanted.kind else list(ObligationKind)
    quarter = wanted.period if isinstance(wanted.period, Quarter) else None
    due_at, pk = after or (None, None)
    return {
        "bureaus": chosen,
        "kinds": [str(kind.value) for kind in kinds],
        "limit": limit,
        "state": wanted.state,
        "year": quarter.year if quarter else wanted.period,
        "number": quarter.number if quarter else 0,
        "name": f"{LIKE.sub(LIKE_ESCAPED, wanted.name)}%",
        "due_by": wanted.due_by,
        "due_at": due_at,
        "pk": pk,
    }


def _narrowed(wanted: OwedFilter, after: Key | None = None) -> sql.Composable:
    """The conditions, each written as its partial index is."""
    column = "state" if wanted.tab == Tab.OWED else "outlook"
    owed = sql.SQL("{} IN ({})").format(
        sql.Identifier(column), sql.SQL(", ").join(map(sql.Literal, OWED))
    )
    parts: list[sql.Composable] = [owed]
    if wanted.tab == Tab.COMING:
        parts.append(sql.SQL("state = 'not_due'"))
    if wanted.state is not None:
        same = sql.SQL("{} = {}")
        value = sql.Literal(wanted.state.value)
        parts.append(same.format(sql.Identifier(column), value))
    if wanted.period is not None:
        parts.append(sql.SQL("year = %(year)s AND quarter_number = %(number)s"))
    if wanted.due_by is not None:
        parts.append(sql.SQL("due_at <= %(due_by)s"))
    if wanted.name:
        parts.append(
            sql.SQL(
                "enterprise_id IN (SELECT id FROM accounts_enterprise"
                " WHERE name LIKE %(name)s)"
            )
        )
    if after is not None:
        parts.append(sql.SQL("(due_at, id) > (%(due_at)s, %(pk)s)"))
    return sql.SQL(" AND ").join(parts)


def _lines(rows: Sequence[Obligation], *, at: dt.datetime) -> list[OwedLine]:
    """What else is asked about these rows; 3 queries."""
    enterprises = {row.enterprise_id for row in rows}
    reports = {
        (report.enterprise_id, report.year, report.quarter_number): report
        for report in SelfInspectionReport.objects.filter(
            enterprise__in=enterprises, year__in={row.year for row in rows}
        )
    }
    taken = {
        reminder.obligation_id: reminder
        for reminder in Reminder.objects.filter(obligation__in=rows)
        .order_by("obligation_id", "-id")
        .distinct("obligation_id")
    }
    unreachable = set(
        ComplianceFlag.objects.filter(
            kind=FlagKind.NOBODY_REACHABLE, enterprise__in=enterprises
        )
        .standing()
        .values_list("enterprise_id", flat=True)
    )
    today = at.astimezone(SHANGHAI).date()
    return [
        OwedLine(
            duty=row,
            age=(today - row.due_at.astimezone(SHANGHAI).date()).days,
            report=reports.get((row.enterprise_id, row.year, row.quarter_number)),
            reminder=taken.get(row.pk),
            escalated=_went_to_bureau(row, taken.get(row.pk)),
            unreachable=row.enterprise_id in unreachable,
        )
        for row in rows
    ]


def _went_to_bureau(row: Obligation, reminder: Reminder | None) -> bool:
    if reminder is None:
        return False
    steps = reminders.steps(
        row.kind, year=row.year, due_on=row.due_at.astimezone(SHANGHAI).date()
    )
    return any(
        "bureau" in step.audience
        for step in steps
        if (step.kind, step.ordinal) == (reminder.kind, reminder.step)
    )


def _write(row: Obligation) -> str:
    return f"{row.due_at.timestamp():.6f}~{row.pk}"


def _read(key: str) -> Key | None:
    stamp, _, pk = key.partition("~")
    try:
        due_at, number = dt.datetime.fromtimestamp(float(stamp), tz=dt.UTC), int(pk)
    except (ValueError, OverflowError, OSError):
        return None
    return (due_at, number) if 0 <= number < 2**63 else None
