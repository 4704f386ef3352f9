"""
When a quarterly report is due: the one function that says so, and its calendars.

Scans, screens, receipts and determinations all come here. Every date is a day in
Asia/Shanghai.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from hazards.rules.policies import Policies
from hazards.rules.quarters import Quarter

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
"""The zone in which every deadline is judged."""

LONGEST_ROLL_DAYS: Final = 60
"""Days after which a calendar without a working day is taken to be wrong."""

DUE_DAY: Final = "due-day"
ROLLED: Final = "rolled-over-days-off"
CALENDAR_UNKNOWN: Final = "calendar-not-published"


class WorkdayCalendar(Protocol):
    """Says which days are worked."""

    def is_workday(self, day: dt.date) -> bool:
        """Say whether the day is worked; where not known, Monday to Friday are."""

    def knows(self, day: dt.date) -> bool:
        """Say whether that answer is final for the day, not a guess by its weekday."""


@dataclass(frozen=True)
class WeekendCalendar:
    """Saturdays and Sundays off; knows nothing of holidays, so never final."""

    def is_workday(self, day: dt.date) -> bool:
        """Say whether the day is a Monday to Friday."""
        return day.weekday() < 5

    def knows(self, day: dt.date) -> bool:
        """Say no: holidays and 调休 may change any day."""
        return False


@dataclass(frozen=True)
class OverriddenCalendar:
    """A calendar with the days a bureau has entered, which go before it."""

    inner: WorkdayCalendar
    days: Mapping[dt.date, bool] = field(default_factory=dict)
    """True for a day that is worked, False for a day off."""

    def is_workday(self, day: dt.date) -> bool:
        """Say what was entered for the day, else what the inner calendar says."""
        entered = self.days.get(day)
        return self.inner.is_workday(day) if entered is None else entered

    def knows(self, day: dt.date) -> bool:
        """Say yes for what was entered, else what the inner calendar says."""
        return day in self.days or self.inner.knows(day)


@dataclass(frozen=True)
class Due:
    """When a report is due, and why then."""

    at: dt.datetime
    """The last instant in time: 23:59:59.999999 in Asia/Shanghai on the due day."""
    on: dt.date
    provisional: bool
    """Whether a day was judged by its weekday alone, its year not being published."""
    rolled_from: dt.date | None
    """The day the policy names, where days off moved it; else None."""
    because: tuple[str, ...]
    """The codes of the steps that led here, in order."""


def due(quarter: Quarter, policies: Policies, calendar: WorkdayCalendar) -> Due:
    """
    Say when the report of the quarter is due, by the policy of its first day.

    安监总局令第16号 art. 14 asks for the table by the 15th of the month after the
    quarter; which day, and whether days off move it, is a bureau's policy. A policy
    that changes within the quarter leaves its due day alone.

    :raises ValueError: if the calendar has no working day within sixty days
    """
    first_day = quarter.starts_on
    named = quarter.next().starts_on.replace(
        day=policies.integer("filing_due_day", on=first_day)
    )
    if not policies.boolean("roll_due_date_over_holidays", on=first_day):
        return _due(named, provisional=False, rolled_from=None)
    looked_at = tuple(_until_workday(named, calendar))
    return _due(
        looked_at[-1],
        provisional=not all(calendar.knows(day) for day in looked_at),
        rolled_from=named if len(looked_at) > 1 else None,
    )


def stored_due(at: dt.datetime, *, named_on: dt.date, provisional: bool) -> Due:
    """
    Make again what `due` returned from what was stored of it.

    :param at: the instant, in Asia/Shanghai
    :param named_on: the day that the policy names
    """
    rolled_from = None if at.date() == named_on else named_on
    return _due(at.date(), provisional=provisional, rolled_from=rolled_from)


def is_in_time(received_at: dt.datetime, due: Due | dt.datetime) -> bool:
    """
    Say whether a receipt lies within the deadline; its last microsecond does.

    :param due: what `due` returned, or its instant as it was stored
    :raises ValueError: if a time says no zone
    """
    due_at = due.at if isinstance(due, Due) else due
    for moment in (received_at, due_at):
        if moment.utcoffset() is None:
            msg = f"The time {moment.isoformat()} needs a zone to be compared."
            raise ValueError(msg)
    return received_at <= due_at


def _until_workday(day: dt.date, calendar: WorkdayCalendar) -> Iterator[dt.date]:
    """Yield the day and those after it up to the first that is worked."""
    for later in range(LONGEST_ROLL_DAYS + 1):
        candidate = day + dt.timedelta(days=later)
        yield candidate
        if calendar.is_workday(candidate):
            return
    msg = f"The calendar has no working day within {LONGEST_ROLL_DAYS} days of {day}."
    raise ValueError(msg)


def _due(on: dt.date, *, provisional: bool, rolled_from: dt.date | None) -> Due:
    steps = {
        DUE_DAY: True,
        ROLLED: rolled_from is not None,
        CALENDAR_UNKNOWN: provisional,
    }
    return Due(
        at=dt.datetime.combine(on, dt.time.max, tzinfo=SHANGHAI),
        on=on,
        provisional=provisional,
        rolled_from=rolled_from,
        because=tuple(code for code, taken in steps.items() if taken),
    )
