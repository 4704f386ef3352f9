"""
How often an enterprise was penalised lately (安全生产法 art. 113, item 1). Days are
days in Asia/Shanghai.
"""

import datetime as dt
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from hazards.rules.provisions import Confidence

_FIRST_OF_MARCH = (3, 1)


@dataclass(frozen=True)
class Window:
    """So many penalties within so many days; `days` 0 is a year by the calendar."""

    name: str
    since: dt.date
    days: int
    warn: int
    alert: int
    source: str
    confidence: Confidence

    def begins(self, on: dt.date) -> dt.date:
        """The first day of the window whose last day this is."""
        if self.days:
            return on - dt.timedelta(days=self.days - 1)
        try:
            before = on.replace(year=on.year - 1)
        except ValueError:
            # 29 February.
            return dt.date(on.year - 1, *_FIRST_OF_MARCH)
        return before + dt.timedelta(days=1)


@dataclass(frozen=True)
class Count:
    """How many there were in a window; one more would be `number + 1`."""

    window: Window
    begins_on: dt.date
    number: int

    @property
    def is_near(self) -> bool:
        """Whether one more reaches the number at which the officer is warned."""
        return self.number + 1 >= self.window.warn

    @property
    def is_reached(self) -> bool:
        """Whether one more reaches the number of the provision."""
        return self.number + 1 >= self.window.alert


def counts(days: Iterable[dt.date], *, on: dt.date) -> tuple[Count, ...]:
    """Count the penalties of these days in each window that ends on the day."""
    known = list(days)
    return tuple(
        Count(
            window,
            window.begins(on),
            sum(window.begins(on) <= day <= on for day in known),
        )
        for window in windows(on)
    )


def windows(on: dt.date) -> tuple[Window, ...]:
    """The windows that hold on the day; the first of a name answers for days before."""
    found: dict[str, Window] = {}
    for window in WINDOWS:
        if window.name not in found or window.since <= on:
            found[window.name] = window
    return tuple(found.values())


def _read() -> tuple[Window, ...]:
    source = resources.files("hazards.rules").joinpath("law", "repeat_penalties.toml")
    rows = tomllib.loads(source.read_text("utf-8"))["counts"]
    known = (
        Window(**{**row, "confidence": Confidence(row["confidence"])}) for row in rows
    )
    return tuple(sorted(known, key=lambda window: window.since))


WINDOWS = _read()
