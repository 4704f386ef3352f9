import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards.rules.quarters import Quarter

quarters = st.builds(Quarter, st.integers(2, 9998), st.integers(1, 4))
days = st.dates(dt.date(2, 1, 1), dt.date(9998, 12, 31))


@given(days)
def test_every_day_lies_in_exactly_the_quarter_that_contains_it(day: dt.date) -> None:
    quarter = Quarter.containing(day)
    assert quarter.starts_on <= day <= quarter.ends_on
    assert day in quarter
    assert day not in quarter.next()
    assert day not in quarter.previous()


@given(quarters)
def test_quarters_follow_each_other_without_a_gap(quarter: Quarter) -> None:
    assert quarter.ends_on + dt.timedelta(days=1) == quarter.next().starts_on
    assert quarter.next().previous() == quarter
    assert quarter.previous() < quarter < quarter.next()


@given(quarters)
def test_a_quarter_is_read_as_it_is_written(quarter: Quarter) -> None:
    assert Quarter.parse(str(quarter)) == quarter


@given(quarters, quarters)
def test_quarters_are_ordered_as_their_days_are(one: Quarter, other: Quarter) -> None:
    assert (one < other) == (one.starts_on < other.starts_on)
    assert (one < other) == (str(one) < str(other))


@given(quarters)
def test_the_days_of_a_quarter_are_all_of_its_days(quarter: Quarter) -> None:
    listed = list(quarter.days())
    assert (listed[0], listed[-1]) == (quarter.starts_on, quarter.ends_on)
    assert len(listed) == (quarter.ends_on - quarter.starts_on).days + 1


def test_the_twenty_ninth_of_february_lies_in_the_first_quarter() -> None:
    assert Quarter.containing(dt.date(2028, 2, 29)) == Quarter(2028, 1)
    assert len(list(Quarter(2028, 1).days())) == 91
    assert len(list(Quarter(2027, 1).days())) == 90


def test_a_range_has_both_its_ends() -> None:
    found = Quarter.range(Quarter(2025, 3), Quarter(2026, 2))
    assert [str(q) for q in found] == ["2025Q3", "2025Q4", "2026Q1", "2026Q2"]


def test_a_range_may_end_with_the_last_quarter_there_is() -> None:
    last = Quarter(9999, 4)
    assert list(Quarter.range(last, last)) == [last]


def test_a_range_that_ends_before_it_starts_is_empty() -> None:
    assert list(Quarter.range(Quarter(2026, 2), Quarter(2026, 1))) == []


def test_the_latest_quarters_end_with_this_one() -> None:
    latest = Quarter(2026, 2).latest(4)
    assert [str(q) for q in latest] == ["2025Q3", "2025Q4", "2026Q1", "2026Q2"]
    assert Quarter(2026, 2).latest(0) == ()


def test_a_year_has_four_quarters() -> None:
    written = [str(q) for q in Quarter.of_year(2026)]
    assert written == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]


@pytest.mark.parametrize("number", [-1, 0, 5, 20])
def test_a_number_that_is_no_quarter_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match=f"quarters 1 to 4; {number} is none"):
        Quarter(2026, number)


@pytest.mark.parametrize("year", [0, -1, 10_000])
def test_a_year_without_dates_is_refused(year: int) -> None:
    with pytest.raises(ValueError, match="between 1 and 9999"):
        Quarter(year, 1)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026Q0", "2026Q5", "2026q3", " 2026Q3", "26Q3", "２０２６Q3"]
)
def test_what_is_not_written_like_a_quarter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="like 2026Q3"):
        Quarter.parse(text)
