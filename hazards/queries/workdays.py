"""The State Council's calendar of working days, from the chinesecalendar wheel."""

import datetime as dt
from dataclasses import dataclass

import chinese_calendar

from hazards.rules.deadlines import WeekendCalendar


@dataclass(frozen=True)
class ChineseCalendar:
    """
    Working days with public holidays and 调休, for the years the wheel covers.

    The State Council publishes a year's holidays in the November before; a year not
    in the wheel falls back to its weekdays and is not known.
    """

    def is_workday(self, day: dt.date) -> bool:
        """Say whether the day is worked."""
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return WeekendCalendar().is_workday(day)

    def knows(self, day: dt.date) -> bool:
        """Say whether the wheel covers the year of the day."""
        try:
            chinese_calendar.is_workday(day)
        except NotImplementedError:
            return False
        return True
