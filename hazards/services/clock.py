"""
What time alone does to duties, set-based: those whose day has come are moved, flags
are raised, steps of reminding taken. Every statement may run twice, at once or later.

A statement moves the duties of one kind and one due instant, so at most one row of an
enterprise: whoever files at that moment never waits in a circle.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from psycopg import sql

from hazards.services import flags
from hazards.services.obligations import follow
from hazards.services.openings import FOLLOWED_AT_ONCE, open_for
from hazards.services.poison import FOLLOW, LEFT_IN, Keys, Step, past_faults

Bureaus = Sequence[int] | None
"""The share of a run: the duties towards these bureaus; None = towards all."""


@dataclass(frozen=True)
class Done:
    """What a step did, in rows."""

    moved: int = 0
    flags_raised: int = 0
    flags_settled: int = 0
    reminders: int = 0
    parked: int = 0
    notices: int = 0
    opened: int = 0

    def __add__(self, other: "Done") -> "Done":
        """Both together."""
        return Done(*(a + b for a, b in zip(self._all(), other._all(), strict=True)))

    def _all(self) -> tuple[int, ...]:
        return (
            self.moved,
            self.flags_raised,
            self.flags_settled,
            self.reminders,
            self.parked,
            self.notices,
            self.opened,
        )


class Period(NamedTuple):
    """Duties of one kind and period with one due instant."""

    kind: str
    year: int
    quarter_number: int
    due_at: dt.datetime


def move_due(*, at: dt.datetime, bureaus: Bureaus = None) -> Done:
    """
    Let what has come due before the instant stand as foreseen, oldest first, and raise
    its flags.
    """
    return each_period(
        "move", "state = 'not_due' AND due_at < %(at)s", _move, at=at, bureaus=bureaus
    )


def look_again(*, at: dt.datetime, bureaus: Bureaus = None) -> Done:
    """
    Look at what must be looked at by now for another reason: a period that is over
    with nothing on record raises its first flags; an ended waiver is followed anew.
    """
    done = each_period(
        "look", f"{_TO_LOOK_AT} AND NOT {_WAIVED}", _look, at=at, bureaus=bureaus
    )
    return done + _follow_waived(at=at, bureaus=bureaus)


def follow_each(
    enterprises: Sequence[int], *, at: dt.datetime, opens: bool = False
) -> Done:
    """
    Follow the record of these enterprises, some at a time, past those that fail.

    :param opens: whether they may lack duties that are open for everybody
    """

    def catch_up(some: Sequence[int]) -> Done:
        opened = open_for(some, at=at) if opens else 0
        followed = follow(some, at=at)
        return Done(followed.moved, followed.raised, followed.settled, opened=opened)

    done = Done()
    for start in range(0, len(enterprises), FOLLOWED_AT_ONCE):
        some = enterprises[start : start + FOLLOWED_AT_ONCE]
        for part in past_faults(
            Step(FOLLOW, at),
            lambda chosen, some=some: catch_up(chosen or some),  # type: ignore[misc]
            concerned=lambda some=some: some,  # type: ignore[misc]
        ):
            done += part
    return done


Act = Callable[[Period, dict[str, Any], str], Done]
"""Acts on the duties `o` of a period for which the condition holds."""


def each_period(
    step: str, condition: str, act: Act, *, at: dt.datetime, bureaus: Bureaus
) -> Done:
    """Do the act for each period in which the condition holds, oldest first."""
    done = Done()
    where = f"{condition} AND {_IN_SHARE}"
    for period in _periods(where, at=at, bureaus=bureaus):
        chosen = f"{where} AND {_OF_PERIOD} AND {LEFT_IN}"
        values = {
            **period._asdict(),
            "at": at,
            "bureaus": list(bureaus) if bureaus is not None else None,
            "step": step,
        }

        def run(
            only: Keys,
            period: Period = period,
            values: dict[str, Any] = values,
            chosen: str = chosen,
        ) -> Done:
            ids = list(only) if only is not None else None
            return act(period, {**values, "only": ids}, chosen)

        def concerned(
            values: dict[str, Any] = values, chosen: str = chosen
        ) -> list[int]:
            return _enterprises(chosen, {**values, "only": None})

        for part in past_faults(Step(step, at), run, concerned=concerned):
            done += part
    return done


_IN_SHARE = (
    "(%(bureaus)s::bigint[] IS NULL OR o.bureau_id = ANY(%(bureaus)s::bigint[]))"
)
_OF_PERIOD = (
    "o.kind = %(kind)s AND o.year = %(year)s AND o.quarter_number = %(quarter_number)s"
    " AND o.due_at = %(due_at)s"
    " AND (%(only)s::bigint[] IS NULL OR o.enterprise_id = ANY(%(only)s::bigint[]))"
)
_PERIODS = """
    SELECT DISTINCT o.kind, o.year, o.quarter_number, o.due_at
    FROM hazards_obligation o WHERE {where} ORDER BY o.due_at, o.kind
"""
_ENTERPRISES = """
    SELECT o.enterprise_id FROM hazards_obligation o
    WHERE {where} ORDER BY o.enterprise_id
"""
_TO_LOOK_AT = "o.look_at <= %(at)s"
_WAIVED = "EXISTS (SELECT FROM hazards_waiver w WHERE w.obligation_id = o.id)"


def _periods(where: str, *, at: dt.datetime, bureaus: Bureaus) -> list[Period]:
    with connection.cursor() as cursor:
        cursor.execute(
            _PERIODS.format(where=where),
            {"at": at, "bureaus": list(bureaus) if bureaus is not None else None},
        )
        return [Period(*row) for row in cursor.fetchall()]


def _enterprises(where: str, values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_ENTERPRISES.format(where=where), values)
        return [pk for (pk,) in cursor.fetchall()]


def _move(period: Period, values: dict[str, Any], where: str) -> Done:
    kind = "missing_quarter" if period.kind == "quarter" else "principal_absent"
    statement = sql.SQL("""
        WITH missing AS (
            UPDATE hazards_obligation o SET state = outlook
            WHERE outlook = 'missing' AND {where}
            RETURNING o.id, o.enterprise_id, o.kind, o.year, o.quarter_number,
                o.due_at, o.state, o.outlook
        ), others AS (
            UPDATE hazards_obligation o SET state = outlook
            WHERE outlook <> 'missing' AND {where}
            RETURNING 1
        ), {settling}
        SELECT (SELECT count(*) FROM missing) + (SELECT count(*) FROM others), {counts}
    """).format(
        where=sql.SQL(where),
        settling=flags.settling(sql.SQL("SELECT * FROM missing"), kinds=(kind,)),
        counts=flags.COUNTS,
    )
    return Done(*_counts(statement, values))


def _look(period: Period, values: dict[str, Any], where: str) -> Done:
    quarter = period.kind == "quarter"
    kind = "quarter_not_inspected" if quarter else "principal_absent"
    statement = sql.SQL("""
        WITH looked AS (
            UPDATE hazards_obligation o SET look_at = NULL WHERE {where}
            RETURNING o.id, o.enterprise_id, o.kind, o.year, o.quarter_number,
                o.due_at, o.state, o.outlook
        ), {settling}
        SELECT 0, {counts}
    """).format(
        where=sql.SQL(where),
        settling=flags.settling(
            sql.SQL("SELECT * FROM looked WHERE outlook = 'missing'"), kinds=(kind,)
        ),
        counts=flags.COUNTS,
    )
    return Done(*_counts(statement, values))


def _counts(statement: sql.Composable, values: dict[str, Any]) -> tuple[int, ...]:
    """What a statement that ends in counts did: its one row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() or (0,)


def _follow_waived(*, at: dt.datetime, bureaus: Bureaus) -> Done:
    where = f"{_TO_LOOK_AT} AND {_WAIVED} AND {_IN_SHARE} AND {LEFT_IN}"
    values = {
        "at": at,
        "step": FOLLOW,
        "bureaus": list(bureaus) if bureaus is not None else None,
    }
    return follow_each(sorted(set(_enterprises(where, values))), at=at)
