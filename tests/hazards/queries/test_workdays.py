import datetime as dt

import chinese_calendar
import pytest

from hazards.queries.workdays import ChineseCalendar

CALENDAR = ChineseCalendar()


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (dt.date(2026, 10, 1), False),  # National Day
        (dt.date(2026, 10, 8), True),  # the Thursday after it
        (dt.date(2026, 10, 10), True),  # a Saturday worked in exchange
        (dt.date(2026, 10, 11), False),  # a Sunday
        (dt.date(2026, 11, 20), True),  # a Friday
    ],
)
def test_holidays_and_their_exchanged_days_are_known(
    *, day: dt.date, worked: bool
) -> None:
    assert CALENDAR.is_workday(day) is worked
    assert CALENDAR.knows(day)


@pytest.mark.parametrize("year", [1999, 2099])
def test_a_year_outside_the_wheel_has_its_weekends_only(year: int) -> None:
    for day in range(1, 15):
        date = dt.date(year, 1, day)
        assert CALENDAR.is_workday(date) is (date.weekday() < 5)
        assert not CALENDAR.knows(date)


def test_the_wheel_covers_every_year_since_the_first_one_flagged() -> None:
    # Fails when an older wheel is pinned; says nothing against a newer one.
    last = max(chinese_calendar.holidays)
    assert last.year >= 2026
    assert all(CALENDAR.knows(dt.date(year, 6, 1)) for year in range(2025, 2027))
