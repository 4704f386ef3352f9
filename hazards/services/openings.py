"""
Opening what is owed: a quarter, a principal's year.

One statement for each group of bureaus to which the same due instant applies. A
quarter whose due day had ended when the first bureau began to receive from an
enterprise here is not opened for it: what was due then was due elsewhere.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from accounts.models import Bureau, SupervisionAssignment
from hazards.models import (
    WHOLE_YEAR,
    ObligationKind,
    Opening,
)
from hazards.queries.deadlines import BureauRules
from hazards.rules import reminders
from hazards.rules.deadlines import SHANGHAI, Due
from hazards.rules.quarters import Quarter
from hazards.services.obligations import midnight
from hazards.services.poison import FOLLOW, Keys, Step, past_faults, past_unreadable

FIRST = Quarter(2025, 1)
"""The quarter of the circular; nothing before it is ever owed under it."""

FOLLOWED_AT_ONCE = 500
"""Enterprises whose record is read in one go."""


@dataclass(frozen=True)
class Group:
    """Bureaus for which a period is due at the same instant."""

    due: Due
    bureaus: tuple[int, ...]


def open_periods(*, at: dt.datetime) -> int:
    """
    Open every quarter and year that has begun and is not open, oldest first; return
    how many duties were opened. A second run, at once or later, adds nothing.
    """
    opened = 0
    for quarter in Quarter.range(_first_to_open(at), _this_quarter(at)):
        if not is_open(ObligationKind.PARTICIPATION, quarter.year, WHOLE_YEAR):
            opened += _open(ObligationKind.PARTICIPATION, quarter, at=at)
        if not is_open(ObligationKind.QUARTER, quarter.year, quarter.number):
            opened += _open(ObligationKind.QUARTER, quarter, at=at)
    return opened


def is_open(kind: ObligationKind, year: int, number: int) -> bool:
    """Whether the period was opened for everybody."""
    return Opening.objects.filter(kind=kind, year=year, quarter_number=number).exists()


def open_for(enterprises: Sequence[int], *, at: dt.datetime) -> int:
    """Open for these enterprises whatever is open for everybody."""
    opened = 0
    on = at.astimezone(SHANGHAI).date()
    bureaus = set(
        SupervisionAssignment.objects.holding_on(on)
        .filter(enterprise__in=enterprises, site__isnull=True)
        .values_list("bureau_id", flat=True)
    )
    with transaction.atomic():
        for row in Opening.objects.order_by("year", "quarter_number"):
            quarter = Quarter(row.year, row.quarter_number or 4)
            for group in groups(quarter, at=at, only=bureaus):
                opened += _insert(
                    ObligationKind(row.kind),
                    quarter,
                    group,
                    at=at,
                    only=list(enterprises),
                )
    return opened


def groups(
    quarter: Quarter, *, at: dt.datetime, only: Iterable[int] | None = None
) -> list[Group]:
    """
    Group the bureaus by when the quarter is due there, leaving out those that do not
    ask for it yet (policy first_quarter) and those whose policies cannot be read. A
    principal's year is due with its fourth quarter.
    """
    bureaus = Bureau.objects.order_by("id")
    if only is not None:
        bureaus = bureaus.filter(pk__in=only)
    rules = BureauRules(bureaus, on=at.astimezone(SHANGHAI).date())
    found: dict[Due, list[int]] = defaultdict(list)

    def ask(bureau: Bureau) -> Due | None:
        is_asked_for = quarter >= rules.first_quarter(bureau, quarter)
        return rules.due(bureau, quarter) if is_asked_for else None

    for bureau, due in past_unreadable(bureaus, ask, at=at):
        if due is not None:
            found[due].append(bureau.pk)
    return [Group(due, tuple(pks)) for due, pks in found.items()]


def _first_to_open(at: dt.datetime) -> Quarter:
    """The one after the last that was opened; before any, the first of all."""
    last = (
        Opening.objects.filter(kind=ObligationKind.QUARTER)
        .order_by("-year", "-quarter_number")
        .first()
    )
    return Quarter(last.year, last.quarter_number).next() if last else FIRST


def _this_quarter(at: dt.datetime) -> Quarter:
    return Quarter.containing(at.astimezone(SHANGHAI).date())


def _open(kind: ObligationKind, quarter: Quarter, *, at: dt.datetime) -> int:
    """
    Open the period for everybody, in one transaction with the word that it is. Whoever
    has more on record than a founding date, or fails, is left to the queue of changes.
    """
    year_long = kind == ObligationKind.PARTICIPATION
    quarter = Quarter(quarter.year, 4) if year_long else quarter
    with transaction.atomic():
        opened = sum(
            _insert_past_faults(kind, quarter, group, at=at)
            for group in groups(quarter, at=at)
        )
        _queue_those_on_record(kind, quarter, at=at)
        Opening.objects.bulk_create(
            [
                Opening(
                    kind=kind,
                    year=quarter.year,
                    quarter_number=WHOLE_YEAR if year_long else quarter.number,
                    at=at,
                    opened=opened,
                )
            ],
            ignore_conflicts=True,
        )
    return opened


def _insert_past_faults(
    kind: ObligationKind, quarter: Quarter, group: Group, *, at: dt.datetime
) -> int:
    def insert(only: Keys) -> int:
        return _insert(kind, quarter, group, at=at, only=only)

    def concerned() -> Collection[int]:
        return (
            SupervisionAssignment.objects.holding_on(at.astimezone(SHANGHAI).date())
            .filter(bureau__in=group.bureaus, site__isnull=True)
            .values_list("enterprise_id", flat=True)
        )

    return sum(past_faults(Step(FOLLOW, at), insert, concerned=concerned))


def _queue_those_on_record(
    kind: ObligationKind, quarter: Quarter, *, at: dt.datetime
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _QUEUE,
            {
                "year": quarter.year,
                "number": quarter.number,
                "whole_year": kind == ObligationKind.PARTICIPATION,
                "starts_on": quarter.starts_on,
                "step": FOLLOW,
                "at": at,
                "today": at.astimezone(SHANGHAI).date(),
            },
        )


def _insert(
    kind: ObligationKind,
    quarter: Quarter,
    group: Group,
    *,
    at: dt.datetime,
    only: Keys = None,
) -> int:
    """Write the duties of one group; those of record follow after."""
    due_on = group.due.on
    steps = reminders.steps(kind, year=quarter.year, due_on=due_on)
    step = reminders.current(steps, at) or reminders.following(steps, at)
    year_long = kind == ObligationKind.PARTICIPATION
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "kind": kind,
                "year": quarter.year,
                "number": WHOLE_YEAR if year_long else quarter.number,
                "due_at": group.due.at,
                "due_on": due_on,
                "named_on": group.due.rolled_from or due_on,
                "provisional": group.due.provisional,
                # Of a year its last quarter: founded later, none of it is owed.
                "owed_if_founded_by": quarter.starts_on,
                "over_at": midnight(quarter.next().starts_on),
                "remind_at": step.at if step else None,
                "bureaus": list(group.bureaus),
                "only": list(only) if only is not None else None,
                "today": at.astimezone(SHANGHAI).date(),
                "at": at,
            },
        )
        return int(cursor.rowcount)


# The enterprise's own assignment of today says who receives; its first one, since when
# anybody did here.
_INSERT = """
    INSERT INTO hazards_obligation (public_id, enterprise_id, kind, year,
        quarter_number, bureau_id, due_at, named_on, due_is_provisional, state, outlook,
        opened_at, look_at, remind_at)
    SELECT gen_random_uuid(), enterprise.id, %(kind)s, %(year)s, %(number)s,
        assignment.bureau_id, %(due_at)s, %(named_on)s, %(provisional)s, 'not_due',
        CASE WHEN owed.is_owed THEN 'missing' ELSE 'exempt' END, %(at)s,
        CASE WHEN owed.is_owed THEN %(over_at)s::timestamptz END,
        CASE WHEN owed.is_owed THEN %(remind_at)s::timestamptz END
    FROM accounts_supervisionassignment assignment
    JOIN accounts_enterprise enterprise ON enterprise.id = assignment.enterprise_id
    CROSS JOIN LATERAL (
        SELECT enterprise.established_on <= %(owed_if_founded_by)s AS is_owed
    ) owed
    WHERE assignment.site_id IS NULL
        AND assignment.bureau_id = ANY(%(bureaus)s)
        AND assignment.starts_on <= %(today)s
        AND (assignment.ends_on IS NULL OR assignment.ends_on >= %(today)s)
        AND (%(only)s::bigint[] IS NULL OR enterprise.id = ANY(%(only)s::bigint[]))
        AND (assignment.starts_on <= %(due_on)s OR EXISTS (
            SELECT FROM accounts_supervisionassignment earlier
            WHERE earlier.enterprise_id = enterprise.id
                AND earlier.starts_on <= %(due_on)s
        ))
    ON CONFLICT (enterprise_id, kind, year, quarter_number) DO NOTHING
"""


_QUEUE = """
    INSERT INTO accounts_enterprisechange (enterprise_id, from_on)
    SELECT enterprise_id, %(today)s::date FROM hazards_selfinspectionreport
    WHERE year = %(year)s AND first_received_at IS NOT NULL
        AND (%(whole_year)s OR quarter_number = %(number)s)
    UNION
    SELECT enterprise_id, %(today)s FROM hazards_suspension
    WHERE to_on IS NULL OR to_on >= %(starts_on)s
    UNION
    SELECT enterprise_id, %(today)s FROM hazards_clockfault
    WHERE enterprise_id IS NOT NULL AND step = %(step)s AND next_try_at > %(at)s
"""
