"""
What the law leaves open: named, dated settings with a default for every day.

A bureau may choose differently from a day on; the nearest bureau that chose decides.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from types import MappingProxyType
from typing import Any, TypeVar

from hazards.rules.quarters import Quarter

PolicyValue = str | int | bool | Quarter | dt.date

T = TypeVar("T")

_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_BOOLEANS = {"true": True, "false": False}


class PolicyType(StrEnum):
    """What kind of value a policy takes."""

    CHOICE = "choice"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    QUARTER = "quarter"
    DATE = "date"


class PolicyValueError(ValueError):
    """
    A text is no value of a policy.

    `code` and `params` say the same as the sentence, for a caller that translates.
    """

    def __init__(self, message: str, *, code: str, **params: object) -> None:
        """Keep the English sentence and what it was made of."""
        super().__init__(message)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class PolicyDefault:
    """A default and the day (Asia/Shanghai) from which it holds."""

    since: dt.date
    value: PolicyValue
    source: str
    source_zh: str


@dataclass(frozen=True)
class PolicyDefinition:
    """One policy: what values it takes and what holds where no bureau has chosen."""

    name: str
    type: PolicyType
    zh: str
    en: str
    defaults: tuple[PolicyDefault, ...]
    choices: tuple[str, ...] = ()
    minimum: int = 0
    maximum: int = 0
    unit: str = ""

    def parse(self, text: str) -> PolicyValue:
        """
        Read a value as a bureau writes it; `write` gives the text back.

        :raises PolicyValueError: if the text is no value of this policy
        """
        return _READERS[self.type](self, text.strip())

    def write(self, value: PolicyValue) -> str:
        """Return the text from which `parse` reads the value."""
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)

    def default(self, on: dt.date) -> PolicyDefault:
        """Return the default of the day; the first also answers for days before it."""
        begun = [default for default in self.defaults if default.since <= on]
        return begun[-1] if begun else self.defaults[0]


@dataclass(frozen=True)
class PolicyEntry:
    """
    A bureau's choice: in force from `from_on` to `to_on`, both days included.

    The days are days in Asia/Shanghai; `to_on` is None while no end is set. The value
    is the one that `PolicyDefinition.parse` returned.
    """

    name: str
    value: PolicyValue
    from_on: dt.date
    to_on: dt.date | None = None

    @classmethod
    def read(
        cls, name: str, text: str, *, from_on: dt.date, to_on: dt.date | None = None
    ) -> "PolicyEntry":
        """
        Make an entry from its stored text.

        :raises ValueError: if there is no such policy or the text is no value of it
        """
        return cls(name, definition(name).parse(text), from_on, to_on)

    def in_force_on(self, day: dt.date) -> bool:
        """Say whether the choice holds on the day."""
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


PolicyChain = Sequence[Iterable[PolicyEntry]]
"""The entries of a bureau, then of each bureau above it, the nearest first."""


def effective(name: str, on: dt.date, chain: PolicyChain = ()) -> PolicyValue:
    """
    Return the value in force on the day: the nearest bureau's, else the default.

    Should one bureau have two entries in force (the database forbids it), the one that
    began later holds.

    :raises ValueError: if there is no such policy
    """
    default = definition(name).default(on).value
    for entries in chain:
        in_force = [e for e in entries if e.name == name and e.in_force_on(on)]
        if in_force:
            return max(in_force, key=lambda entry: entry.from_on).value
    return default


@dataclass(frozen=True)
class Policies:
    """A bureau's policies with those above it, asked by the type of the answer."""

    chain: tuple[tuple[PolicyEntry, ...], ...] = ()

    def integer(self, name: str, *, on: dt.date) -> int:
        """Return the whole number in force on the day, in the policy's unit."""
        return self._value(name, int, on)

    def boolean(self, name: str, *, on: dt.date) -> bool:
        """Return the yes or no in force on the day."""
        return self._value(name, bool, on)

    def choice(self, name: str, *, on: dt.date) -> str:
        """Return the word in force on the day."""
        return self._value(name, str, on)

    def quarter(self, name: str, *, on: dt.date) -> Quarter:
        """Return the quarter in force on the day."""
        return self._value(name, Quarter, on)

    def date(self, name: str, *, on: dt.date) -> dt.date:
        """Return the date in force on the day."""
        return self._value(name, dt.date, on)

    def _value(self, name: str, wanted: type[T], on: dt.date) -> T:
        value = effective(name, on, self.chain)
        # Asked twice because a bool is also an int, and only isinstance tells mypy.
        if isinstance(value, wanted) and type(value) is wanted:
            return value
        msg = f"The policy {name} is not of the type {wanted.__name__}."
        raise TypeError(msg)


def definition(name: str) -> PolicyDefinition:
    """
    Return the policy of that name.

    :raises ValueError: if there is none
    """
    if name not in DEFINITIONS:
        msg = f"There is no policy named {name!r}; choose one of {', '.join(POLICIES)}."
        raise ValueError(msg)
    return DEFINITIONS[name]


def _read_choice(policy: PolicyDefinition, text: str) -> PolicyValue:
    if text in policy.choices:
        return text
    choices = ", ".join(policy.choices)
    msg = f"Choose one of {choices}; {text!r} is none of them."
    raise PolicyValueError(msg, code="choice", choices=choices, text=text)


def _read_integer(policy: PolicyDefinition, text: str) -> PolicyValue:
    if _WHOLE_NUMBER.fullmatch(text) and (
        policy.minimum <= int(text) <= policy.maximum
    ):
        return int(text)
    low, high = policy.minimum, policy.maximum
    msg = f"Enter a whole number from {low} to {high}; {text!r} is not one."
    raise PolicyValueError(msg, code="integer", minimum=low, maximum=high, text=text)


def _read_boolean(policy: PolicyDefinition, text: str) -> PolicyValue:
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    msg = f"Enter true or false; {text!r} is neither."
    raise PolicyValueError(msg, code="boolean", text=text)


# Those of accounts.codes.years, of which the rulebook knows nothing.
_YEARS = range(1900, 2100)


def _require_year(year: int, text: str) -> None:
    if year not in _YEARS:
        msg = f"No such year can be meant: check it in {text!r}."
        raise PolicyValueError(msg, code="year", text=text)


def _read_quarter(policy: PolicyDefinition, text: str) -> PolicyValue:
    try:
        quarter = Quarter.parse(text)
    except ValueError as error:
        raise PolicyValueError(str(error), code="quarter", text=text) from error
    _require_year(quarter.year, text)
    return quarter


def _read_date(policy: PolicyDefinition, text: str) -> PolicyValue:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    # Python also reads 20250227 and 2025-W09-4, which a reader may take for a typo.
    if day is not None and day.isoformat() == text:
        _require_year(day.year, text)
        return day
    msg = f"Write a date as year-month-day, like 2025-02-27; not {text!r}."
    raise PolicyValueError(msg, code="date", text=text)


_READERS = {
    PolicyType.CHOICE: _read_choice,
    PolicyType.INTEGER: _read_integer,
    PolicyType.BOOLEAN: _read_boolean,
    PolicyType.QUARTER: _read_quarter,
    PolicyType.DATE: _read_date,
}


def load(text: str) -> Mapping[str, PolicyDefinition]:
    """
    Read the definitions of law/policies.toml, in the order of the file.

    :raises ValueError: if defaults are missing, out of order, or no value of theirs
    """
    tables = tomllib.loads(text)
    return MappingProxyType({name: _define(name, t) for name, t in tables.items()})


def _define(name: str, table: Mapping[str, Any]) -> PolicyDefinition:
    bare = PolicyDefinition(
        name=name,
        type=PolicyType(table["type"]),
        zh=table["zh"],
        en=table["en"],
        defaults=(),
        choices=tuple(table.get("choices", ())),
        minimum=table.get("minimum", 0),
        maximum=table.get("maximum", 0),
        unit=table.get("unit", ""),
    )
    defaults = tuple(
        PolicyDefault(
            d["since"],
            bare.parse(bare.write(d["value"])),
            source=d["source"],
            source_zh=d["source_zh"],
        )
        for d in table["defaults"]
    )
    days = [default.since for default in defaults]
    if not days or days != sorted(set(days)):
        msg = f"The policy {name} needs defaults, each later than the one before."
        raise ValueError(msg)
    return PolicyDefinition(**{**vars(bare), "defaults": defaults})


DEFINITIONS: Mapping[str, PolicyDefinition] = load(
    resources.files("hazards.rules")
    .joinpath("law/policies.toml")
    .read_text(encoding="utf-8")
)
POLICIES: tuple[str, ...] = tuple(DEFINITIONS)
