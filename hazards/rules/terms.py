"""
The policies under which a finding is judged, and what follows from them for quarters.

They are the same for many findings, so they are worked out once for each set of
policies and calendar.
"""

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

from hazards.rules.deadlines import WorkdayCalendar, due
from hazards.rules.policies import (
    DEFINITIONS,
    POLICIES,
    Policies,
    PolicyEntry,
    PolicyValue,
)
from hazards.rules.quarters import Quarter

_OF_QUARTERS: Final = (
    "first_quarter",
    "filing_due_day",
    "roll_due_date_over_holidays",
)


class QuarterTerms(NamedTuple):
    """What policies and calendar say of a quarter, and which policies those were."""

    due_at: dt.datetime
    first_quarter: Quarter
    reads: Mapping[str, PolicyValue]


class Terms:
    """
    One set of policies with a calendar; what they do not name has its default, of the
    day of the finding or, for a quarter, of its first day.
    """

    def __init__(
        self,
        chosen: Mapping[str, PolicyValue],
        calendar: WorkdayCalendar,
        *,
        found_on: dt.date,
    ) -> None:
        """
        :param found_on: the day of the finding, whose defaults hold
        """
        self._chosen = dict(chosen)
        self._calendar = calendar
        self._quarters: dict[Quarter, QuarterTerms] = {}
        self.values = self._on(found_on, POLICIES)

    def of(self, quarter: Quarter) -> QuarterTerms:
        """Return the terms of the quarter: those of its first day."""
        terms = self._quarters.get(quarter)
        if terms is None:
            terms = self._quarters[quarter] = self._work_out(quarter)
        return terms

    def _work_out(self, quarter: Quarter) -> QuarterTerms:
        reads = self._on(quarter.starts_on, _OF_QUARTERS)
        entries = tuple(
            PolicyEntry(name, value, dt.date.min) for name, value in reads.items()
        )
        due_at = due(quarter, Policies((entries,)), self._calendar).at
        return QuarterTerms(due_at, cast("Quarter", reads["first_quarter"]), reads)

    def _on(self, day: dt.date, names: tuple[str, ...]) -> dict[str, PolicyValue]:
        chosen = self._chosen
        return {
            name: chosen[name]
            if name in chosen
            else DEFINITIONS[name].default(day).value
            for name in names
        }


def terms_of(
    chosen: Mapping[str, PolicyValue], calendar: WorkdayCalendar, found_on: dt.date
) -> Terms:
    """Return the terms, those of an earlier finding where they are the same."""
    known: Any = calendar
    try:
        return _known(frozenset(chosen.items()), known, _begun(found_on))
    except TypeError:
        # A calendar that cannot be told from another is asked each time.
        return Terms(chosen, calendar, found_on=found_on)


_CHANGES: Final = sorted(
    {default.since for one in DEFINITIONS.values() for default in one.defaults}
)


def _begun(day: dt.date) -> dt.date:
    """Return the day since which the defaults of the day hold."""
    begun = [change for change in _CHANGES if change <= day]
    return begun[-1] if begun else dt.date.min


@lru_cache(maxsize=256)
def _known(
    chosen: frozenset[tuple[str, PolicyValue]], calendar: Any, begun: dt.date
) -> Terms:
    return Terms(dict(chosen), calendar, found_on=begun)
