"""The days in the life of a hazard, at their edges."""

import datetime as dt

import pytest

from hazards.rules import lives
from hazards.rules.deadlines import SHANGHAI

DUE = dt.date(2026, 9, 30)
DAY = dt.timedelta(days=1)
LAST_MICROSECOND = dt.time(23, 59, 59, 999999)


def at(day: dt.date, time: dt.time = dt.time(0)) -> dt.datetime:
    """An instant of the day in Asia/Shanghai, as the server keeps it."""
    return dt.datetime.combine(day, time, SHANGHAI).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("instant", "overdue"),
    [
        (at(DUE), False),
        (at(DUE, LAST_MICROSECOND), False),
        (at(DUE + DAY), True),
    ],
)
def test_the_deadlines_day_is_in_time_to_its_last_microsecond(
    instant: dt.datetime, *, overdue: bool
) -> None:
    on = lives.day_of(instant)
    assert lives.is_overdue(DUE, on=on) is overdue
    assert lives.may_ask_for_more_time(DUE, on=on) is not overdue


def test_without_a_deadline_nothing_is_overdue_and_no_more_time_is_asked_for() -> None:
    assert not lives.is_overdue(None, on=DUE)
    assert not lives.may_ask_for_more_time(None, on=DUE)


@pytest.mark.parametrize(
    ("due_on", "to_on", "after"),
    [
        (DUE, DUE + DAY, DUE + DAY),
        (DUE, DUE, DUE),
        (DUE + DAY, DUE, DUE + DAY),
        (dt.date(2028, 2, 28), dt.date(2028, 2, 29), dt.date(2028, 2, 29)),
    ],
)
def test_an_extension_moves_to_the_later_of_two_days(
    due_on: dt.date, to_on: dt.date, after: dt.date
) -> None:
    assert lives.extended(due_on, to_on) == after


@pytest.mark.parametrize(
    ("applied_on", "last"),
    [
        (dt.date(2026, 7, 7), dt.date(2026, 7, 17)),
        # Over the ends of months, also of a February with 28 and with 29 days.
        (dt.date(2026, 1, 31), dt.date(2026, 2, 10)),
        (dt.date(2027, 2, 19), dt.date(2027, 3, 1)),
        (dt.date(2028, 2, 19), dt.date(2028, 2, 29)),
        (dt.date(2028, 2, 29), dt.date(2028, 3, 10)),
        (dt.date(2026, 12, 31), dt.date(2027, 1, 10)),
        # Before the order the first number answers.
        (dt.date(2000, 1, 1), dt.date(2000, 1, 11)),
    ],
)
def test_a_recheck_is_in_time_on_the_tenth_day(
    applied_on: dt.date, last: dt.date
) -> None:
    assert lives.recheck_due(applied_on) == last
    assert not lives.is_overdue(last, on=applied_on + 10 * DAY)
    assert lives.is_overdue(last, on=applied_on + 11 * DAY)


@pytest.mark.parametrize(
    ("asked_on", "last"),
    [
        (dt.date(2026, 7, 7), dt.date(2026, 7, 12)),
        (dt.date(2028, 2, 24), dt.date(2028, 2, 29)),
        (dt.date(2027, 2, 24), dt.date(2027, 3, 1)),
    ],
)
def test_an_answer_is_awaited_for_five_days(asked_on: dt.date, last: dt.date) -> None:
    assert lives.answer_due(asked_on) == last


def test_a_report_at_once_is_due_by_hours_of_the_clock() -> None:
    found_at = at(dt.date(2028, 2, 28), dt.time(23, 30))
    due_at = lives.report_due(found_at, hours=24)
    assert due_at == at(dt.date(2028, 2, 29), dt.time(23, 30))


def test_every_period_says_why_and_none_is_unknown() -> None:
    for name, values in lives.PERIODS.items():
        assert all(value.reason for value in values), name
    with pytest.raises(KeyError):
        lives.period("no_such_period", on=DUE)


@pytest.mark.parametrize(
    ("elements", "due_on", "complete"),
    [
        (["x"] * 6, DUE, True),
        (["x"] * 6, None, False),
        ([*["x"] * 5, " \n"], DUE, False),
    ],
)
def test_a_plan_is_complete_with_six_elements_and_a_day(
    elements: list[str], due_on: dt.date | None, *, complete: bool
) -> None:
    assert lives.plan_is_complete(elements, due_on) is complete
