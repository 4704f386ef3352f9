"""
Whatever happens, in any order and at any instant: what events and the clock wrote is
what the pure functions say of the record.
"""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter
from tests.hazards.clock.histories import MICROSECOND, Life

QUARTERS = st.sampled_from(list(Quarter.range(Quarter(2026, 1), Quarter(2027, 1))))
DAYS = st.dates(dt.date(2026, 4, 1), dt.date(2027, 2, 28))
YES = st.booleans()
ANY = st.integers(0, 5)


def midnight(year: int, month: int, day: int) -> dt.datetime:
    return dt.datetime(year, month, day, tzinfo=SHANGHAI)


# The ends of quarters and of the usual due days: just before, at, and just after.
BORDERS = [
    border + shift
    for border in (
        midnight(2026, 7, 1),
        midnight(2026, 7, 16),
        midnight(2026, 10, 1),
        midnight(2026, 10, 16),
        midnight(2027, 1, 1),
        midnight(2027, 1, 16),
    )
    for shift in (-2 * MICROSECOND, -MICROSECOND, dt.timedelta(0), MICROSECOND)
]
STEPS = st.one_of(
    st.just(dt.timedelta(0)),
    st.timedeltas(dt.timedelta(seconds=1), dt.timedelta(days=2)),
    st.integers(3, 60).map(lambda days: dt.timedelta(days=days)),
)


class Histories(RuleBasedStateMachine):
    """One enterprise's life; each example is undone at its end."""

    def __init__(self) -> None:
        super().__init__()
        self._undone = transaction.atomic()
        self._undone.__enter__()
        self.life = Life()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._undone.__exit__(None, None, None)

    @rule(by=STEPS)
    def time_passes(self, by: dt.timedelta) -> None:
        self.life.now += by

    @rule(to=st.sampled_from(BORDERS))
    def a_border_comes(self, to: dt.datetime) -> None:
        self.life.now = max(self.life.now, to)

    @rule(day=DAYS, internal=YES, took_part=YES)
    def a_visit(self, *, day: dt.date, internal: bool, took_part: bool) -> None:
        self.life.visit(day, internal=internal, took_part=took_part)

    @rule(which=ANY, day=DAYS, internal=YES, took_part=YES)
    def a_visit_amended(
        self, *, which: int, day: dt.date, internal: bool, took_part: bool
    ) -> None:
        self.life.amend(which, day, internal=internal, took_part=took_part)

    @rule(quarter=QUARTERS, took_part=YES, signed=YES)
    def a_quarter_inspected_and_filed(
        self, *, quarter: Quarter, took_part: bool, signed: bool
    ) -> None:
        day = min(quarter.ends_on, self.life.today)
        self.life.visit(day, internal=True, took_part=took_part)
        self.life.file(quarter, signed=signed)

    @rule(quarter=QUARTERS, signed=YES)
    def a_report(self, *, quarter: Quarter, signed: bool) -> None:
        self.life.file(quarter, signed=signed)

    @rule(quarter=QUARTERS, days_ago=st.integers(0, 40), internal=YES, took_part=YES)
    def a_paper(
        self, *, quarter: Quarter, days_ago: int, internal: bool, took_part: bool
    ) -> None:
        self.life.paper(
            quarter, days_ago=days_ago, internal=internal, took_part=took_part
        )

    @rule(which=ANY)
    def a_return(self, which: int) -> None:
        self.life.give_back(which)

    @rule(from_on=DAYS, days=st.one_of(st.none(), st.integers(0, 200)))
    def a_suspension(self, from_on: dt.date, days: int | None) -> None:
        self.life.suspend(from_on, days)

    @rule(which=ANY, confirmed=YES)
    def an_answer(self, *, which: int, confirmed: bool) -> None:
        self.life.answer(which, confirmed=confirmed)

    @rule(which=ANY, days=st.one_of(st.none(), st.integers(0, 40)))
    def a_waiver(self, *, which: int, days: int | None) -> None:
        self.life.waive(which, days)

    @rule(day=st.one_of(DAYS, st.just(dt.date(2020, 1, 2))))
    def another_founding_date(self, day: dt.date) -> None:
        self.life.found(day)

    @rule(in_days=st.integers(0, 20))
    def another_bureau(self, in_days: int) -> None:
        self.life.hand_over(in_days)

    @rule()
    def the_principal_goes(self) -> None:
        self.life.principal_goes()

    @rule()
    def a_principal_comes(self) -> None:
        self.life.principal_comes()

    @rule(
        day=st.sampled_from(
            [dt.date(2026, 7, 15), dt.date(2026, 7, 16), dt.date(2026, 10, 10)]
        ),
        is_workday=YES,
    )
    def a_day_declared(self, *, day: dt.date, is_workday: bool) -> None:
        self.life.declare_day(day, is_workday=is_workday)

    @rule(due_day=st.integers(1, 28), starts_on=DAYS)
    def a_policy_entered(self, due_day: int, starts_on: dt.date) -> None:
        self.life.declare_policy(due_day, starts_on)

    @rule(ago=st.timedeltas(dt.timedelta(0), dt.timedelta(days=30)))
    def the_clock_runs_for_an_earlier_instant(self, ago: dt.timedelta) -> None:
        self.life.run(self.life.now - ago)

    @rule()
    def the_clock_runs(self) -> None:
        self.life.run(self.life.now)
        self.life.hold_after_a_run()

    @invariant()
    def what_is_stored_follows(self) -> None:
        self.life.hold()


# R14
@pytest.mark.django_db
def test_events_and_the_clock_write_what_the_pure_functions_say() -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            # To shrink takes minutes here; a failing history is printed as it was.
            phases=(Phase.explicit, Phase.generate),
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
