"""Hours at which people of the demonstration act: on working days, in the office."""

import datetime as dt
from random import Random

from hazards.queries.workdays import ChineseCalendar
from hazards.rules.deadlines import SHANGHAI

_CALENDAR = ChineseCalendar()
_A_DAY = dt.timedelta(days=1)


def on_or_after(day: dt.date) -> dt.date:
    """Return the first working day from the day on."""
    while not _CALENDAR.is_workday(day):
        day += _A_DAY
    return day


def on_or_before(day: dt.date) -> dt.date:
    """Return the last working day up to the day."""
    while not _CALENDAR.is_workday(day):
        day -= _A_DAY
    return day


def in_office(day: dt.date, dice: Random) -> dt.datetime:
    """Return a moment between 8:30 and 16:30 of the day."""
    minutes = dice.randrange(8 * 60)
    eight_thirty = dt.datetime.combine(day, dt.time(8, 30), tzinfo=SHANGHAI)
    return eight_thirty + dt.timedelta(minutes=minutes, seconds=dice.randrange(60))
