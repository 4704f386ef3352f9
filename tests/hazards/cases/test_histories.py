"""
Whatever an enterprise does, and whoever comes when: the record, a file of it, what is
kept and the page say the same of a finding.
"""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    rule,
    run_state_machine_as_test,
)

from hazards.models import CheckKind
from hazards.rules.quarters import Quarter
from tests.hazards.cases.histories import CaseLife

ANY = st.integers(0, 5)
YES = st.booleans()
SAID = st.sampled_from([True, False, None])
QUARTERS = st.sampled_from(list(Quarter.range(Quarter(2026, 1), Quarter(2027, 1))))
CHOICES = [
    ("cutoff", "finding"),
    ("cutoff", "notice"),
    ("missing_quarter_effect", "review"),
    ("missing_quarter_effect", "none"),
    ("principal_absence_effect", "none"),
    ("prompt_report_hours", "72"),
    ("late_report_days", "1"),
    ("flag_lookback_quarters", "4"),
    ("relief_with_standing_flag", "no_penalty"),
    ("overdue_effect", "penalty"),
]
KINDS = st.sampled_from([kind for kind in CheckKind if kind != CheckKind.GUIDANCE])
VERDICTS = st.sampled_from(["same", "part", "unclear", "different", "different"])


class Cases(RuleBasedStateMachine):
    """One enterprise's life; each example is undone at its end."""

    def __init__(self) -> None:
        super().__init__()
        self._undone = transaction.atomic()
        self._undone.__enter__()
        self.life = CaseLife()

    def teardown(self) -> None:
        try:
            # However it went, somebody comes in the end.
            self.life.check(
                CheckKind.PLANNED, "same", seconded=True, effective=True, existed=True
            )
        finally:
            self._undo()

    def _undo(self) -> None:
        transaction.set_rollback(True)
        self._undone.__exit__(None, None, None)

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.life.now += dt.timedelta(days=days)

    @rule(quarter=QUARTERS, took_part=YES, internal=YES, signed=YES)
    def a_quarter_inspected_and_filed(
        self, *, quarter: Quarter, took_part: bool, internal: bool, signed: bool
    ) -> None:
        day = min(quarter.ends_on, self.life.today)
        self.life.visit(day, internal=internal, took_part=took_part)
        self.life.file(quarter, signed=signed)

    @rule(which=ANY)
    def a_report_returned(self, which: int) -> None:
        self.life.give_back(which)

    @rule(which=ANY)
    def a_report_accepted(self, which: int) -> None:
        self.life.accept_report(which)

    @rule(which=ANY, days=st.one_of(st.none(), st.integers(0, 40)))
    def a_waiver(self, *, which: int, days: int | None) -> None:
        self.life.waive(which, days)

    @rule(from_on=st.dates(dt.date(2026, 4, 1), dt.date(2026, 10, 1)))
    def a_suspension(self, from_on: dt.date) -> None:
        self.life.suspend(from_on, 120)

    @rule(which=ANY, confirmed=YES)
    def an_answer(self, *, which: int, confirmed: bool) -> None:
        self.life.answer(which, confirmed=confirmed)

    @rule()
    def the_principal_goes(self) -> None:
        self.life.principal_goes()

    @rule()
    def a_principal_comes(self) -> None:
        self.life.principal_comes()

    @rule(chosen=st.sampled_from(CHOICES))
    def a_policy(self, chosen: tuple[str, str]) -> None:
        self.life.choose(*chosen)

    @rule(hours_ago=st.integers(0, 300), signed=YES, sent=YES)
    def a_hazard(self, *, hours_ago: int, signed: bool, sent: bool) -> None:
        self.life.find(hours_ago=hours_ago, signed=signed, sent=sent)

    @rule(struck_out=YES)
    def a_general_hazard(self, *, struck_out: bool) -> None:
        self.life.grade_general(struck_out=struck_out)

    @rule(hours_ago=st.integers(0, 100), days=st.integers(1, 60))
    def a_hazard_reported_and_planned(self, *, hours_ago: int, days: int) -> None:
        self.life.find(hours_ago=hours_ago, signed=True, sent=True)
        self.life.plan(-1, days=days)

    @rule(which=ANY, days=st.integers(1, 60))
    def a_plan(self, *, which: int, days: int) -> None:
        self.life.plan(which, days=days)

    @rule(which=ANY)
    def progress(self, which: int) -> None:
        self.life.advance(which)

    @rule(which=ANY, days=st.integers(1, 40))
    def more_time_asked_for(self, *, which: int, days: int) -> None:
        self.life.ask(which, days=days)

    @rule(approved=YES)
    def more_time_answered(self, *, approved: bool) -> None:
        self.life.answer_extension(approved=approved)

    @rule(which=ANY)
    def an_acceptance(self, which: int) -> None:
        self.life.accept(which)

    @rule(which=ANY)
    def a_closure(self, which: int) -> None:
        self.life.close(which)

    @rule(which=ANY)
    def a_lower_grade(self, which: int) -> None:
        self.life.grade_down(which)

    @rule(kind=KINDS, verdict=VERDICTS, seconded=YES, effective=SAID, existed=SAID)
    def a_check(
        self,
        *,
        kind: CheckKind,
        verdict: str,
        seconded: bool,
        effective: bool | None,
        existed: bool | None,
    ) -> None:
        self.life.check(
            kind, verdict, seconded=seconded, effective=effective, existed=existed
        )


# R15
@pytest.mark.django_db
def test_file_record_and_page_say_the_same() -> None:
    run_state_machine_as_test(
        Cases,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
