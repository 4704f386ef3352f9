"""Who is reminded of a duty, and on which days: read from law/reminders.toml."""

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from hazards.rules.deadlines import SHANGHAI

MORNING: Final = dt.time(8)
"""When a reminder goes out on its day, in Asia/Shanghai: not at night."""

LATE: Final = dt.timedelta(days=2)
"""A step whose time is longer past was not on schedule: an import, an outage."""

_NEXT_YEAR = "next-"


@dataclass(frozen=True)
class Step:
    """One step of reminding; `ordinal` counts the steps of its kind."""

    kind: str
    ordinal: int
    on: dt.date
    audience: frozenset[str]
    final: bool

    @property
    def at(self) -> dt.datetime:
        """When it goes out."""
        return dt.datetime.combine(self.on, MORNING, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Version:
    """How a kind reminds of duties due from `since` (Asia/Shanghai) on."""

    since: dt.date
    steps: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Kind:
    """A kind of reminder: what it is about, and its versions in order."""

    of: str
    versions: tuple[Version, ...]

    def version(self, due_on: dt.date) -> Version:
        """Return the version for what is due that day; the first answers before it."""
        begun = [version for version in self.versions if version.since <= due_on]
        return begun[-1] if begun else self.versions[0]


Kinds = Mapping[str, Kind]


def load(text: str) -> Kinds:
    """
    Read law/reminders.toml, in the order of the file.

    :raises ValueError: if the versions of a kind are missing or out of order
    """
    return MappingProxyType(
        {name: _read(name, table) for name, table in tomllib.loads(text).items()}
    )


def _read(name: str, table: Mapping[str, Any]) -> Kind:
    versions = tuple(
        Version(version["since"], tuple(version["steps"]))
        for version in table["versions"]
    )
    days = [version.since for version in versions]
    if not days or days != sorted(set(days)):
        msg = f"The reminder {name} needs versions, each later than the one before."
        raise ValueError(msg)
    return Kind(table["of"], versions)


KINDS: Final[Kinds] = load(
    resources.files("hazards.rules").joinpath("law/reminders.toml").read_text("utf-8")
)


def steps(
    of: str, *, year: int, due_on: dt.date, kinds: Kinds = KINDS
) -> tuple[Step, ...]:
    """
    Return the steps for a duty or for what a hazard waits for, in the order of their
    days.

    :param of: quarter, participation or a word of hazards.rules.hazard_reminders
    :param year: the year that is owed, or of the quarter that is
    :param due_on: the day (Asia/Shanghai) on which it is due; it chooses the version
    """
    found = (
        Step(
            kind=name,
            ordinal=ordinal,
            on=_day(step, year=year, due_on=due_on),
            audience=frozenset(step["audience"]),
            final=step["final"],
        )
        for name, kind in kinds.items()
        if kind.of == of
        for ordinal, step in enumerate(kind.version(due_on).steps, start=1)
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
    """Return the kinds with a step, in any version, that a person may mute."""
    return tuple(
        name
        for name, kind in KINDS.items()
        if not all(step["final"] for version in kind.versions for step in version.steps)
    )


def muted_as(kind: str) -> tuple[str, str]:
    """Return under which words a person may mute the kind: its own, or its duty's."""
    return kind, kind.partition("_")[0]


def _day(step: Mapping[str, Any], *, year: int, due_on: dt.date) -> dt.date:
    if "days" in step:
        return due_on + dt.timedelta(days=step["days"])
    written: str = step["month_day"]
    if written.startswith(_NEXT_YEAR):
        year, written = year + 1, written.removeprefix(_NEXT_YEAR)
    return dt.date.fromisoformat(f"{year:04d}-{written}")
