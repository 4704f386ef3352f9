import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards.queries.workdays import ChineseCalendar
from hazards.rules.deadlines import (
    SHANGHAI,
    OverriddenCalendar,
    WeekendCalendar,
    WorkdayCalendar,
    due,
    is_in_time,
)
from hazards.rules.policies import Policies, PolicyEntry
from hazards.rules.quarters import Quarter
from tests.hazards.rules import cases

CALENDARS: dict[str, WorkdayCalendar] = {
    "chinese": ChineseCalendar(),
    "weekend": WeekendCalendar(),
}
quarters = st.builds(Quarter, st.integers(2004, 2050), st.integers(1, 4))


def policies_with(day: int, *, roll: bool = True) -> Policies:
    since = dt.date(2000, 1, 1)
    return Policies(
        (
            (
                PolicyEntry("filing_due_day", day, since),
                PolicyEntry("roll_due_date_over_holidays", roll, since),
            ),
        )
    )


@pytest.mark.parametrize("case", cases.read("deadlines"))
def test_a_report_is_due_when_the_table_says(case: dict[str, Any]) -> None:
    chain = tuple(
        tuple(PolicyEntry.read(e.pop("name"), e.pop("value"), **e) for e in entries)
        for entries in [[dict(e) for e in es] for es in case.get("chain", [])]
    )
    entered = case.get("days", {}).items()
    calendar = OverriddenCalendar(
        CALENDARS[case.get("calendar", "chinese")],
        {dt.date.fromisoformat(day): worked for day, worked in entered},
    )

    answer = due(Quarter.parse(case["quarter"]), Policies(chain), calendar)

    assert answer.on == case["due_on"]
    assert answer.provisional == case.get("provisional", False)
    assert answer.rolled_from == case.get("rolled_from")
    assert list(answer.because) == case.get("because", ["due-day"])


@pytest.mark.parametrize("case", cases.read("receipts"))
def test_a_receipt_is_in_time_when_the_table_says(case: dict[str, Any]) -> None:
    answer = due(Quarter(2026, 3), Policies(), ChineseCalendar())
    assert is_in_time(case["received_at"], answer) is case["in_time"]
    assert is_in_time(case["received_at"], answer.at) is case["in_time"]


@given(quarter=quarters, day=st.integers(1, 28), roll=st.booleans())
def test_the_due_instant_is_the_last_of_its_day(
    *, quarter: Quarter, day: int, roll: bool
) -> None:
    answer = due(quarter, policies_with(day, roll=roll), ChineseCalendar())
    assert answer.at.astimezone(SHANGHAI).date() == answer.on
    after = answer.at.astimezone(dt.UTC) + dt.timedelta(microseconds=1)
    assert after.astimezone(SHANGHAI).date() == answer.on + dt.timedelta(days=1)


@given(quarter=quarters, day=st.integers(1, 28), roll=st.booleans())
def test_nothing_is_due_before_its_quarter_has_ended(
    *, quarter: Quarter, day: int, roll: bool
) -> None:
    answer = due(quarter, policies_with(day, roll=roll), ChineseCalendar())
    assert answer.on > quarter.ends_on


@given(quarters, st.integers(1, 28))
def test_rolling_ends_on_the_first_working_day(quarter: Quarter, day: int) -> None:
    calendar = ChineseCalendar()
    named = due(quarter, policies_with(day, roll=False), calendar).on
    answer = due(quarter, policies_with(day), calendar)
    assert calendar.is_workday(answer.on)
    assert (answer.rolled_from == named) == (answer.on > named)
    between = range((answer.on - named).days)
    assert not any(calendar.is_workday(named + dt.timedelta(days=n)) for n in between)


@given(st.integers(1, 27), quarters)
def test_a_later_due_day_is_never_due_earlier(day: int, quarter: Quarter) -> None:
    calendar = ChineseCalendar()
    earlier = due(quarter, policies_with(day), calendar)
    assert earlier.at <= due(quarter, policies_with(day + 1), calendar).at


def test_a_time_without_a_zone_is_refused() -> None:
    answer = due(Quarter(2026, 3), Policies(), ChineseCalendar())
    naive = dt.datetime(2026, 10, 15, 12)  # noqa: DTZ001
    with pytest.raises(ValueError, match="needs a zone"):
        is_in_time(naive, answer)
    with pytest.raises(ValueError, match="needs a zone"):
        is_in_time(answer.at, naive)


def test_a_calendar_without_working_days_is_refused() -> None:
    first = dt.date(2026, 10, 1)
    off = {first + dt.timedelta(days=n): False for n in range(100)}
    calendar = OverriddenCalendar(WeekendCalendar(), off)
    with pytest.raises(ValueError, match="no working day within 60 days of 2026-10-15"):
        due(Quarter(2026, 3), Policies(), calendar)
