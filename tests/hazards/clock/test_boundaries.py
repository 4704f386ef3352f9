"""New year, leap days, holidays, changes in mid quarter: days on which clocks slip."""

import datetime as dt

import pytest

from hazards.models import ClockFault, DueChange, Obligation, ReminderLine
from hazards.rules.quarters import Quarter
from tests.database.stages import stage
from tests.factories_reports import Desks
from tests.hazards.clock.conftest import (
    DUE_AT,
    MICROSECOND,
    flags_of,
    of_quarter,
    of_year,
    run,
    shanghai,
)
from tests.hazards.clock.histories import Life

LEAP = dt.date(2028, 2, 29)
THIRD = Quarter(2026, 3)


@stage
def life(db: None) -> Life:
    return Life()


def come_to(life: Life, text: str) -> None:
    life.now = shanghai(text)
    life.run(life.now)


def due_on(desks: Desks, quarter: Quarter) -> dt.date:
    return of_quarter(desks, quarter).due_at.astimezone(DUE_AT.tzinfo).date()


def test_founded_on_a_leap_day_the_quarter_is_not_owed_and_the_next_is(
    life: Life,
) -> None:
    life.found(LEAP)
    come_to(life, "2028-08-01 00:00")
    assert of_quarter(life.desks, Quarter(2028, 1)).state == "exempt"
    assert of_quarter(life.desks, Quarter(2028, 2)).state == "missing"


def test_stopped_from_a_leap_day_on_only_the_whole_quarter_is_exempt(
    life: Life,
) -> None:
    come_to(life, "2028-03-01 00:00")
    life.suspend(LEAP, days=123)  # the last day is 1 July
    life.answer(0, confirmed=True)
    come_to(life, "2028-08-01 00:00")
    assert of_quarter(life.desks, Quarter(2028, 1)).state == "missing"
    assert of_quarter(life.desks, Quarter(2028, 2)).state == "exempt"


def test_a_waiver_holds_through_its_last_day_a_leap_day(life: Life) -> None:
    come_to(life, "2028-02-20 00:00")
    row = of_quarter(life.desks, Quarter(2027, 4))
    assert flags_of(row)["missing_quarter"] == "standing"
    which = list(Obligation.objects.filter(kind="quarter").order_by("id")).index(row)
    life.waive(which, days=9)
    assert flags_of(of_quarter(life.desks, Quarter(2027, 4)))["missing_quarter"] == (
        "waived"
    )
    life.now = shanghai("2028-03-01 00:00") - MICROSECOND
    life.run(life.now)
    assert of_quarter(life.desks, Quarter(2027, 4)).state == "exempt"
    come_to(life, "2028-03-01 00:00")
    row = of_quarter(life.desks, Quarter(2027, 4))
    assert row.state == "missing"
    assert flags_of(row)["missing_quarter"] == "standing"
    life.hold_after_a_run()


@pytest.mark.parametrize("day", range(1, 9))
def test_a_due_day_inside_the_national_day_holiday_is_the_first_working_day_after(
    life: Life, day: int
) -> None:
    life.declare_policy(day, dt.date(2026, 7, 1))
    come_to(life, "2026-07-01 00:00")
    # 1 to 7 October 2026 are off; the 8th is a Thursday.
    assert due_on(life.desks, THIRD) == dt.date(2026, 10, 8)
    assert of_quarter(life.desks, THIRD).named_on == dt.date(2026, 10, day)
    life.now = shanghai("2026-10-09 00:00") - MICROSECOND
    life.run(life.now)
    assert of_quarter(life.desks, THIRD).state == "not_due"
    come_to(life, "2026-10-09 00:00")
    assert of_quarter(life.desks, THIRD).state == "missing"


def test_a_saturday_that_is_worked_instead_is_a_due_day(life: Life) -> None:
    life.declare_policy(10, dt.date(2026, 7, 1))
    come_to(life, "2026-07-01 00:00")
    assert due_on(life.desks, THIRD) == dt.date(2026, 10, 10)
    assert dt.date(2026, 10, 10).weekday() == 5


def test_a_policy_entered_in_mid_quarter_leaves_the_quarter_alone(life: Life) -> None:
    come_to(life, "2026-05-10 09:00")
    life.declare_policy(20, dt.date(2026, 5, 10))
    come_to(life, "2026-05-10 09:01")
    assert of_quarter(life.desks).due_at == DUE_AT
    come_to(life, "2026-07-01 00:00")
    assert of_quarter(life.desks).due_at == DUE_AT
    assert due_on(life.desks, THIRD) == dt.date(2026, 10, 20)


def test_a_day_off_entered_later_moves_the_due_day_on_and_never_back(
    life: Life,
) -> None:
    come_to(life, "2026-07-10 09:00")
    life.declare_day(dt.date(2026, 7, 15), is_workday=False)
    come_to(life, "2026-07-10 09:01")
    row = of_quarter(life.desks)
    day = dt.timedelta(days=1)
    assert row.due_at == DUE_AT + day
    change = DueChange.objects.get(obligation=row)
    assert (change.from_at, change.to_at) == (DUE_AT, DUE_AT + day)

    come_to(life, "2026-07-11 09:00")
    life.declare_day(dt.date(2026, 7, 15), is_workday=True)
    come_to(life, "2026-07-11 09:01")
    assert of_quarter(life.desks).due_at == DUE_AT + day
    assert DueChange.objects.count() == 1
    run(DUE_AT + MICROSECOND)
    assert of_quarter(life.desks).state == "not_due"
    run(DUE_AT + day + MICROSECOND)
    assert of_quarter(life.desks).state == "missing"


def test_what_is_entered_once_the_day_has_ended_moves_nothing(life: Life) -> None:
    come_to(life, "2026-07-16 00:00")
    life.declare_day(dt.date(2026, 7, 15), is_workday=False)
    come_to(life, "2026-07-16 09:00")
    assert of_quarter(life.desks).due_at == DUE_AT
    assert of_quarter(life.desks).state == "missing"


def standing(life: Life) -> list[tuple[str, bool]]:
    flags = of_year(life.desks).flags.filter(status="standing")
    return list(flags.values_list("kind", "is_final"))


def test_the_principals_year_is_provisional_at_new_year_and_final_with_the_quarter(
    life: Life,
) -> None:
    life.now = shanghai("2027-01-01 00:00") - MICROSECOND
    life.run(life.now)
    assert standing(life) == []
    come_to(life, "2027-01-01 00:00")
    assert standing(life) == [("principal_absent", False)]
    life.now = shanghai("2027-01-16 00:00") - MICROSECOND
    life.run(life.now)
    assert standing(life) == [("principal_absent", False)]
    come_to(life, "2027-01-16 00:00")
    assert standing(life) == [("principal_absent", True)]


def test_at_new_year_team_and_principal_are_told_that_it_is_provisional(
    life: Life,
) -> None:
    come_to(life, "2027-01-01 08:00")
    lines = ReminderLine.objects.filter(reminder__kind="participation_provisional")
    assert {line.recipient for line in lines} == {
        life.desks.clerk.user,
        life.desks.leader.user,
        life.desks.principal.user,
    }
    assert not ClockFault.objects.exists()


def test_only_a_record_dated_in_the_year_clears_it(life: Life) -> None:
    come_to(life, "2027-01-16 00:00")
    life.visit(dt.date(2027, 1, 10), internal=True, took_part=True)
    life.file(Quarter(2027, 1), signed=True)
    assert standing(life) == [("principal_absent", True)]
    life.visit(dt.date(2026, 12, 30), internal=True, took_part=True)
    assert standing(life) == [("principal_absent", True)]
    come_to(life, "2027-01-16 09:00")
    life.file(Quarter(2026, 4), signed=True)
    assert standing(life) == []
    assert of_year(life.desks).state == "satisfied_late"
    life.hold_after_a_run()


def test_a_predecessor_who_took_part_satisfies_the_year(life: Life) -> None:
    come_to(life, "2026-05-12 12:00")
    life.visit(dt.date(2026, 5, 12), internal=True, took_part=True)
    life.principal_goes()
    come_to(life, "2026-05-13 12:00")
    life.principal_comes()
    come_to(life, "2026-07-10 12:00")
    life.file(Quarter(2026, 2), signed=True)
    come_to(life, "2027-01-16 00:00")
    assert of_year(life.desks).state == "satisfied"
    assert standing(life) == []


def test_a_day_without_a_principal_on_record_is_for_a_person_to_judge(
    life: Life,
) -> None:
    come_to(life, "2026-05-12 12:00")
    life.principal_goes()
    come_to(life, "2026-06-12 12:00")
    life.visit(dt.date(2026, 6, 10), internal=True, took_part=False)
    life.file(Quarter(2026, 2), signed=False)
    come_to(life, "2027-01-16 00:00")
    assert of_year(life.desks).state == "pending"
    assert standing(life) == []
