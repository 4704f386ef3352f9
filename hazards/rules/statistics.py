"""
What the quarterly and yearly statistics count (统计分析表, Order 16, art. 14), as
pure functions. A hazard comes into the ledger and leaves it on days in Asia/Shanghai,
so that what was open before, plus what came, less what left, is what is open at the
end: by construction, of any span. docs/statistics.md says it in words.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from hazards.rules.lives import is_overdue
from hazards.rules.quarters import Quarter

LAYOUT: Final = "statistics/1"
"""How the counts are arranged in what is sealed; another arrangement, another name."""


class Way(StrEnum):
    """How a hazard comes into the ledger of its grade, or leaves it."""

    FOUND = "found"
    GRADED_DOWN = "graded_down"
    GRADED_UP = "graded_up"
    RECTIFIED = "rectified"
    CLOSED = "closed"
    STRUCK_OUT = "struck_out"
    HANDED_OVER = "handed_over"


GENERAL_IN: Final = (Way.FOUND, Way.GRADED_DOWN)
GENERAL_OUT: Final = (Way.RECTIFIED, Way.STRUCK_OUT, Way.GRADED_UP)
MAJOR_IN: Final = (Way.FOUND, Way.GRADED_UP)
MAJOR_OUT: Final = (Way.CLOSED, Way.GRADED_DOWN, Way.STRUCK_OUT, Way.HANDED_OVER)


@dataclass(frozen=True)
class Span:
    """Days in Asia/Shanghai, both included."""

    first: dt.date
    last: dt.date

    @classmethod
    def of_quarter(cls, quarter: Quarter) -> Self:
        """The days of the quarter."""
        return cls(quarter.starts_on, quarter.ends_on)

    @classmethod
    def of_year(cls, year: int) -> Self:
        """The days of the calendar year."""
        return cls(dt.date(year, 1, 1), dt.date(year, 12, 31))

    def __contains__(self, day: dt.date) -> bool:
        """Whether the day lies in the span."""
        return self.first <= day <= self.last

    def seen_on(self, on: dt.date) -> dt.date:
        """The day from which its end is judged: the next one, or `on` before that."""
        return min(self.last + dt.timedelta(days=1), on)


@dataclass(frozen=True)
class Passage:
    """On the day, it came in or left; in and out by turns, the first one in."""

    on: dt.date
    way: Way
    enters: bool


@dataclass(frozen=True)
class Line:
    """
    One hazard in the ledger of its grade. `waits` says from which day on it was
    accepted and waits to be closed, or no longer is.
    """

    key: int
    passages: Sequence[Passage]
    due_on: dt.date | None = None
    waits: Sequence[tuple[dt.date, bool]] = ()

    def is_open_before(self, day: dt.date) -> bool:
        """Whether it was in the ledger when the day began."""
        before = [passage.enters for passage in self.passages if passage.on < day]
        return bool(before) and before[-1]

    def waits_before(self, day: dt.date) -> bool:
        """Whether, when the day began, it was accepted and waited to be closed."""
        before = [waits for on, waits in self.waits if on < day]
        return bool(before) and before[-1]


def flow(
    lines: Iterable[Line], span: Span, *, ways_in: Sequence[Way], out: Sequence[Way]
) -> dict[str, int]:
    """
    Count what was open before the span, what came in and left in it by each way, and
    what is open at its end.
    """
    known = list(lines)
    came: Counter[Way] = Counter()
    left: Counter[Way] = Counter()
    for line in known:
        for passage in line.passages:
            if passage.on in span:
                (came if passage.enters else left)[passage.way] += 1
    return {
        "open_before": sum(line.is_open_before(span.first) for line in known),
        **{way.value: came[way] for way in ways_in},
        **{way.value: left[way] for way in out},
        "open_at_end": len(open_at_end(known, span)),
    }


def open_at_end(lines: Iterable[Line], span: Span) -> list[Line]:
    """The hazards that are in the ledger when the span is over."""
    after = span.last + dt.timedelta(days=1)
    return [line for line in lines if line.is_open_before(after)]


def overdue(lines: Iterable[Line], span: Span, *, on: dt.date) -> int:
    """
    Count those open at the end whose deadline's day had ended by then and that were
    not accepted.

    :param on: the day on which it is counted; of a span that is not over yet, today
    """
    seen = span.seen_on(on)
    return sum(
        is_overdue(line.due_on, on=seen) and not line.waits_before(seen)
        for line in open_at_end(lines, span)
    )


def rate(done: int, *, open_before: int, came: int, dropped: int) -> str:
    """
    Return the share of what was to be rectified that was, in percent with one digit;
    empty where there was nothing to rectify.

    :param dropped: what left the ledger by any other way
    """
    whole = open_before + came - dropped
    return f"{100 * done / whole:.1f}" if whole > 0 else ""
