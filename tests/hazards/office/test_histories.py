"""
Whoever tries whatever about a hazard, in any order and on any day: what comes of it is
what the table, the database and a plain account of its own say, and nothing is lost.
"""

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from hazards.models import HazardActKind, HazardState
from hazards.workflow import HAZARD_TRANSITIONS
from tests.hazards.office.histories import Life, Try

KINDS = [kind for kind, transition in HAZARD_TRANSITIONS.items() if transition.actors]
PEOPLE = (
    "clerk",
    "leader",
    "member",
    "principal",
    "reviewer",
    "head",
    "inspector",
    "stranger",
    "strange reviewer",
)
DAYS = st.integers(-2, 60)
CHOICES = st.integers(0, 5)
# Often whoever may, now and then anybody.
WHO = st.one_of(st.just(""), st.just(""), st.sampled_from(PEOPLE))


class Lives(RuleBasedStateMachine):
    """One hazard's life; each example is undone at its end."""

    def __init__(self) -> None:
        super().__init__()
        self._undone = transaction.atomic()
        self._undone.__enter__()
        self.life: Life

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._undone.__exit__(None, None, None)

    @initialize(start=st.sampled_from(["registered", "reported", "planned"]))
    def it_begins(self, start: str) -> None:
        self.life = Life(start)

    @rule(days=st.integers(0, 40))
    def time_passes(self, days: int) -> None:
        self.life.pass_time(days)

    @rule()
    def its_report_is_signed(self) -> None:
        self.life.send_report()

    @rule(days=st.integers(1, 60))
    def a_plan_is_signed(self, days: int) -> None:
        self.life.send_plan(days)

    @rule(kind=st.sampled_from(KINDS), who=WHO, days=DAYS, choice=CHOICES)
    def somebody_tries(
        self, *, kind: HazardActKind, who: str, days: int, choice: int
    ) -> None:
        self._try(kind, who, days, choice)

    @rule(data=st.data(), days=DAYS, choice=CHOICES)
    def somebody_goes_on(self, *, data: st.DataObject, days: int, choice: int) -> None:
        """What the state allows, so that lives get on."""
        state = self.life.account.state
        possible = [kind for kind in KINDS if state in HAZARD_TRANSITIONS[kind].moves]
        if possible:
            kind = data.draw(st.sampled_from(possible))
            self._try(kind, data.draw(WHO), days, choice)

    def _try(self, kind: HazardActKind, who: str, days: int, choice: int) -> None:
        able = [
            name
            for name in PEOPLE[:6]
            if self.life.people[name].role in HAZARD_TRANSITIONS[kind].actors
        ]
        chosen = who or able[choice % len(able)]
        self.life.try_it(Try(kind, chosen, days, choice))

    @rule(target=st.sampled_from(HazardState))
    def somebody_writes_a_bare_state(self, target: HazardState) -> None:
        self.life.write_past_the_services(target)

    @invariant()
    def what_is_stored_agrees(self) -> None:
        if hasattr(self, "life"):
            self.life.hold()


@pytest.mark.django_db
def test_a_hazards_life_goes_by_the_table_and_nothing_is_lost() -> None:
    with translation.override("en"):
        run_state_machine_as_test(
            Lives,
            settings=settings(
                max_examples=25,
                stateful_step_count=30,
                deadline=None,
                # To shrink takes minutes here; a failing life is printed as it was.
                phases=(Phase.explicit, Phase.generate),
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
