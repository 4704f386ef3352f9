"""Who is reminded of a duty, and on which days: read from reminders.toml."""

import datetime as dt
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from hazards.rules.deadlines import SHANGHAI

MORNING: Final = dt.time(8)
"""When a reminder goes out on its day, in Asia/Shanghai: not at night."""

_NEXT_YEAR = "next-"


@dataclass(frozen=True)
class Step:
    """One step of reminding of one duty; `ordinal` counts the steps of its kind."""

    kind: str
    ordinal: int
    on: dt.date
    audience: frozenset[str]
    final: bool

    @property
    def at(self) -> dt.datetime:
        """When it goes out."""
        return dt.datetime.combine(self.on, MORNING, tzinfo=SHANGHAI)


def steps(of: str, *, year: int, due_on: dt.date) -> tuple[Step, ...]:
    """
    Return the steps for a duty, in the order of their days.

    :param of: quarter or participation
    :param year: the year that is owed, or of the quarter that is
    :param due_on: the day (Asia/Shanghai) on which the duty is due
    """
    found = (
        Step(
            kind=kind,
            ordinal=ordinal,
            on=_day(step, year=year, due_on=due_on),
            audience=frozenset(step["audience"]),
            final=step["final"],
        )
        for kind, table in _TABLES.items()
        if table["of"] == of
        for ordinal, step in enumerate(table["steps"], start=1)
    )
    return tuple(sorted(found, key=lambda step: step.on))


def current(of_duty: Iterable[Step], at: dt.datetime) -> Step | None:
    """Return the latest step whose time has come; those before it are overtaken."""
    come = [step for step in of_duty if step.at <= at]
    return come[-1] if come else None


def following(of_duty: Iterable[Step], at: dt.datetime) -> Step | None:
    """Return the next step whose time has not come."""
    return next((step for step in of_duty if step.at > at), None)


def mutable_kinds() -> tuple[str, ...]:
    """Return the kinds with a step that a person may mute."""
    return tuple(
        kind
        for kind, table in _TABLES.items()
        if not all(step["final"] for step in table["steps"])
    )


def muted_as(kind: str) -> tuple[str, str]:
    """Return under which words a person may mute the kind: its own, or its duty's."""
    return kind, kind.partition("_")[0]


def kinds() -> tuple[str, ...]:
    """Return all kinds, in the order of the file."""
    return tuple(_TABLES)


def _day(step: dict[str, Any], *, year: int, due_on: dt.date) -> dt.date:
    if "days" in step:
        return due_on + dt.timedelta(days=step["days"])
    written = step["month_day"]
    if written.startswith(_NEXT_YEAR):
        year, written = year + 1, written.removeprefix(_NEXT_YEAR)
    return dt.date.fromisoformat(f"{year:04d}-{written}")


_TABLES: Final = tomllib.loads(
    resources.files("hazards.rules").joinpath("reminders.toml").read_text("utf-8")
)
