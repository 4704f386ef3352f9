"""Which steps of a hazard have come, and when the next one goes out."""

import datetime as dt

import pytest

from hazards.rules import hazard_reminders, reminders
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.hazard_reminders import DEADLINE, PLAN, come, following
from hazards.services.audiences import audience

DUE_ON = dt.date(2028, 3, 10)
MICROSECOND = dt.timedelta(microseconds=1)


def morning(month: int, day: int) -> dt.datetime:
    return dt.datetime(2028, month, day, 8, tzinfo=SHANGHAI)


BEFORE = morning(2, 1)


def test_ten_days_before_the_tenth_of_march_is_the_leap_day() -> None:
    assert following({DEADLINE: DUE_ON}, at=BEFORE) == morning(2, 29)


@pytest.mark.parametrize("seconds_of_another_zone", [0, 8 * 3600, -5 * 3600])
def test_a_step_has_come_at_its_instant_and_not_a_microsecond_before(
    seconds_of_another_zone: int,
) -> None:
    zone = dt.timezone(dt.timedelta(seconds=seconds_of_another_zone))
    at = morning(2, 29).astimezone(zone)
    matters = {DEADLINE: DUE_ON}
    assert come(matters, since=BEFORE, at=at - MICROSECOND) == []
    (found,) = come(matters, since=BEFORE, at=at)
    assert (found.step.kind, found.step.ordinal) == ("hazard_before", 1)
    assert found.from_on == DUE_ON


def test_what_came_before_the_instant_since_when_it_waits_is_not_taken() -> None:
    at = morning(3, 1)
    matters = {DEADLINE: DUE_ON}
    assert come(matters, since=morning(2, 29) + MICROSECOND, at=at) == []
    assert len(come(matters, since=morning(2, 29), at=at)) == 1


def test_of_several_steps_of_a_matter_the_latest_and_of_each_matter_one() -> None:
    matters = {DEADLINE: DUE_ON, PLAN: dt.date(2028, 3, 1)}
    found = come(matters, since=BEFORE, at=morning(3, 16))
    assert [(each.step.kind, each.step.ordinal) for each in found] == [
        ("hazard_after", 3),
        ("hazard_plan", 2),
    ]


def test_a_step_that_waits_for_the_clock_is_the_next_one() -> None:
    matters = {DEADLINE: DUE_ON}
    come_at = morning(2, 29)
    later = come_at + dt.timedelta(hours=3)
    assert following(matters, at=later) == morning(3, 7)
    assert following(matters, at=later, waiting_since=come_at) == come_at
    # One that is still ahead is reckoned anew: its day may have moved.
    assert following(matters, at=BEFORE, waiting_since=later) == come_at
    assert following({}, at=later, waiting_since=come_at) is None


def test_each_kind_is_of_a_matter_and_for_somebody() -> None:
    words = {
        value
        for name, value in vars(hazard_reminders).items()
        if name.isupper() and isinstance(value, str)
    }
    for name, kind in reminders.KINDS.items():
        assert kind.of in words | {"quarter", "participation"}, name
        for version in kind.versions:
            for step in version.steps:
                assert any(audience(step["audience"])), name
                for word in step["audience"]:
                    assert any(audience([word])), word
