"""
Moving a due instant later: after a policy, a day off that was entered, or another
bureau that receives. Nothing ever moves earlier (docs/decisions/0016-obligations.md).
"""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import connection, transaction

from accounts.models import Bureau
from hazards.models import Obligation
from hazards.rules import reminders
from hazards.rules.obligations import ObligationState
from hazards.rules.quarters import Quarter
from hazards.services.openings import Group, groups
from hazards.services.poison import Keys, Step, past_faults


def move_dues(
    bureaus: Iterable[Bureau], *, at: dt.datetime, enterprises: Keys = None
) -> int:
    """
    Move later what is not due yet and is due later by now, after a policy or a day off
    that was entered since; return how many. Nothing ever moves earlier.

    :param enterprises: only what these owe, after another bureau received from them
    """
    moved = 0
    named = [bureau.pk for bureau in bureaus]
    rows = Obligation.objects.filter(
        state=ObligationState.NOT_DUE, bureau__in=named, due_at__gte=at
    )
    if enterprises is not None:
        rows = rows.filter(enterprise__in=enterprises)
    with transaction.atomic():
        periods = (
            rows.order_by("kind", "year", "quarter_number")
            .values_list("kind", "year", "quarter_number")
            .distinct()
        )
        for kind, year, number in periods:
            for group in groups(Quarter(year, number or 4), at=at, only=named):
                moved += _move_past_faults(
                    kind, year, number, group, at=at, enterprises=enterprises
                )
    return moved


def _move_past_faults(
    kind: str,
    year: int,
    number: int,
    group: Group,
    *,
    at: dt.datetime,
    enterprises: Keys,
) -> int:
    def move(only: Keys) -> int:
        return _move(kind, year, number, group, at=at, only=only or enterprises)

    def concerned() -> Collection[int]:
        rows = Obligation.objects.filter(
            state=ObligationState.NOT_DUE,
            kind=kind,
            year=year,
            quarter_number=number,
            bureau__in=group.bureaus,
        )
        if enterprises is not None:
            rows = rows.filter(enterprise__in=enterprises)
        return rows.values_list("enterprise_id", flat=True)

    return sum(past_faults(Step("dues", at), move, concerned=concerned))


def _move(
    kind: str,
    year: int,
    number: int,
    group: Group,
    *,
    at: dt.datetime,
    only: Keys,
) -> int:
    steps = reminders.steps(kind, year=year, due_on=group.due.on)
    step = reminders.following(steps, at)
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE,
            {
                "kind": kind,
                "year": year,
                "number": number,
                "due_at": group.due.at,
                "named_on": group.due.rolled_from or group.due.on,
                "provisional": group.due.provisional,
                "remind_at": step.at if step else None,
                "bureaus": list(group.bureaus),
                "only": list(only) if only is not None else None,
                "at": at,
            },
        )
        row = cursor.fetchone()
    return row[0] if row else 0


_MOVE = """
    WITH later AS (
        SELECT id, due_at FROM hazards_obligation
        WHERE state = 'not_due' AND kind = %(kind)s AND year = %(year)s
            AND quarter_number = %(number)s AND bureau_id = ANY(%(bureaus)s)
            AND (%(only)s::bigint[] IS NULL OR enterprise_id = ANY(%(only)s::bigint[]))
            AND due_at >= %(at)s AND due_at <= %(due_at)s
            AND (due_at, due_is_provisional) <> (%(due_at)s, %(provisional)s)
        FOR UPDATE
    ), moved AS (
        UPDATE hazards_obligation duty SET due_at = %(due_at)s,
            named_on = %(named_on)s, due_is_provisional = %(provisional)s,
            remind_at = CASE WHEN duty.remind_at IS NULL THEN NULL
                ELSE %(remind_at)s::timestamptz END
        FROM later WHERE duty.id = later.id
        RETURNING duty.id, later.due_at AS was_at
    ), noted AS (
        INSERT INTO hazards_duechange (obligation_id, from_at, to_at, cause, at)
        SELECT id, was_at, %(due_at)s, 'policy-or-calendar', %(at)s FROM moved
        WHERE was_at <> %(due_at)s
    )
    SELECT count(*) FROM moved
"""
