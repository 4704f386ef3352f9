"""
The days in the life of a major hazard, as pure functions. Days are days in
Asia/Shanghai; a deadline's day itself is in time.
"""

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

from hazards.rules.deadlines import SHANGHAI
from hazards.rules.provisions import Confidence


@dataclass(frozen=True)
class Period:
    """So many days from `since` on; `source` names a provision, or none."""

    since: dt.date
    days: int
    source: str
    confidence: Confidence
    reason: str


def period(name: str, *, on: dt.date) -> Period:
    """
    Return the period that holds on the day; the first one answers for days before it.

    :raises KeyError: if no period has this name
    """
    known = PERIODS[name]
    holding = [one for one in known if one.since <= on]
    return holding[-1] if holding else known[0]


def is_overdue(due_on: dt.date | None, *, on: dt.date) -> bool:
    """Whether the deadline's day has ended before this day."""
    return due_on is not None and on > due_on


def may_ask_for_more_time(due_on: dt.date | None, *, on: dt.date) -> bool:
    """Whether more time can still be asked for: up to the deadline's day, with it."""
    return due_on is not None and on <= due_on


def extended(due_on: dt.date, to_on: dt.date) -> dt.date:
    """The deadline after an approved extension: the later of the two days."""
    return max(due_on, to_on)


def recheck_due(applied_on: dt.date) -> dt.date:
    """The last day on which the bureau looks on site after an application."""
    days = period("recheck_days", on=applied_on).days
    return applied_on + dt.timedelta(days=days)


def answer_due(asked_on: dt.date) -> dt.date:
    """The last day on which an extension is answered before somebody is reminded."""
    days = period("extension_answer_days", on=asked_on).days
    return asked_on + dt.timedelta(days=days)


def report_due(found_at: dt.datetime, *, hours: int) -> dt.datetime:
    """Until when a hazard is reported at once (及时), by the bureau's number."""
    return found_at + dt.timedelta(hours=hours)


def day_of(at: dt.datetime) -> dt.date:
    """The day in Asia/Shanghai of an instant."""
    return at.astimezone(SHANGHAI).date()


def plan_is_complete(elements: Iterable[str], due_on: dt.date | None) -> bool:
    """Whether all six elements of the plan are said, and a deadline (art. 15)."""
    return due_on is not None and all(text.strip() for text in elements)


def _read() -> Mapping[str, tuple[Period, ...]]:
    source = resources.files("hazards.rules").joinpath("law", "periods.toml")
    tables = tomllib.loads(source.read_text("utf-8"))
    return MappingProxyType(
        {
            name: tuple(
                sorted(
                    (
                        Period(
                            **{**value, "confidence": Confidence(value["confidence"])}
                        )
                        for value in table["values"]
                    ),
                    key=lambda one: one.since,
                )
            )
            for name, table in tables.items()
        }
    )


PERIODS = _read()
