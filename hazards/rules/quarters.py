"""Calendar quarters: the periods for which an enterprise reports."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

_WRITTEN = re.compile(r"([0-9]{4})Q([1-4])")


@dataclass(frozen=True, order=True)
class Quarter:
    """
    One calendar quarter, ordered by time and written like ``2026Q3``.

    Circular 应急〔2025〕11号, item 10, says "each quarter"; the calendar quarter is
    the reading this product takes (see docs/decisions/0002-deadlines.md).

    :raises ValueError: if there is no such quarter
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        """Refuse what is not a quarter."""
        if not 1 <= self.number <= 4:
            msg = f"A year has quarters 1 to 4; {self.number} is none of them."
            raise ValueError(msg)
        if not dt.MINYEAR <= self.year <= dt.MAXYEAR:
            msg = f"The year must lie between 1 and 9999; {self.year} does not."
            raise ValueError(msg)

    def __str__(self) -> str:
        """Write the quarter the way `parse` reads it."""
        return f"{self.year:04d}Q{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        Read a quarter written like ``2026Q3``.

        :raises ValueError: if the text is written in any other way
        """
        written = _WRITTEN.fullmatch(text)
        if written is None:
            msg = f"Write a quarter as a year, Q and 1 to 4, like 2026Q3; not {text!r}."
            raise ValueError(msg)
        return cls(int(written[1]), int(written[2]))

    @classmethod
    def containing(cls, day: dt.date) -> Self:
        """Return the quarter in which the day lies (of a datetime: its own date)."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    @classmethod
    def range(cls, first: Self, last: Self) -> Iterator[Self]:
        """Yield every quarter from the first to the last, both included."""
        quarter = first
        while quarter <= last:
            yield quarter
            if quarter == last:
                return
            quarter = quarter.next()

    @classmethod
    def of_year(cls, year: int) -> tuple[Self, Self, Self, Self]:
        """Return the four quarters of a calendar year, in order."""
        return cls(year, 1), cls(year, 2), cls(year, 3), cls(year, 4)

    @property
    def starts_on(self) -> dt.date:
        """The first day, from 00:00 in Asia/Shanghai."""
        return dt.date(self.year, 3 * self.number - 2, 1)

    @property
    def ends_on(self) -> dt.date:
        """The last day, to 24:00 in Asia/Shanghai."""
        month = 3 * self.number
        return dt.date(self.year, month, 31 if self.number in {1, 4} else 30)

    def __contains__(self, day: dt.date) -> bool:
        """Say whether the day lies in the quarter (of a datetime: its own date)."""
        return Quarter.containing(day) == self

    def next(self) -> Self:
        """Return the quarter after this one."""
        return self.shifted(1)

    def previous(self) -> Self:
        """Return the quarter before this one."""
        return self.shifted(-1)

    def shifted(self, count: int) -> Self:
        """Return the quarter that many quarters later, or earlier if negative."""
        year, index = divmod(self.year * 4 + self.number - 1 + count, 4)
        return type(self)(year, index + 1)

    def latest(self, count: int) -> tuple[Self, ...]:
        """Return the given number of quarters that end with this one, oldest first."""
        return tuple(self.shifted(-back) for back in reversed(range(count)))

    def days(self) -> Iterator[dt.date]:
        """Yield every day of the quarter, in order."""
        for ordinal in range(self.starts_on.toordinal(), self.ends_on.toordinal() + 1):
            yield dt.date.fromordinal(ordinal)
