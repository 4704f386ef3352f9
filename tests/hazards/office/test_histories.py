"""
Whoever tries whatever about a hazard, in any order and on any day: what comes of it is
what the table, the database and a plain account of its own say, and nothing is lost.
"""

import random
from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hazards.models import HazardActKind, HazardState
from hazards.workflow import HAZARD_TRANSITIONS
from tests.hazards.office.histories import Life, Try

KINDS = [kind for kind, transition in HAZARD_TRANSITIONS.items() if transition.actors]
# What ends a life early, and what moves nothing, comes less often.
SELDOM = {
    HazardActKind.VOID,
    HazardActKind.HAND_OVER,
    HazardActKind.DOWNGRADE,
    HazardActKind.TELL,
}
STEPS = 40


def live(dice: random.Random, done: Counter[HazardActKind]) -> None:
    """One life, with what must hold after each step; told step by step if it fails."""
    story: list[str] = []
    life = Life(dice.choice(["registered", "reported", "planned", "planned"]))
    try:
        for _ in range(STEPS):
            story.append(step(life, dice, done))
            life.hold()
    except BaseException as error:
        error.add_note("\n".join(story))
        raise


def step(life: Life, dice: random.Random, done: Counter[HazardActKind]) -> str:
    """One step; return what it was."""
    match dice.choices(["go on", "try", "time", "paper", "write"], [60, 20, 10, 6, 4]):
        case ["time"]:
            days = dice.choice([0, 1, 3, 10, 30])
            life.pass_time(days)
            return f"{days} days"
        case ["paper"]:
            life.send_report()
            life.send_plan(dice.randint(1, 60))
            return "report and plan"
        case ["write"]:
            state = dice.choice(list(HazardState))
            life.write_past_the_services(state)
            return f"bare {state}"
        case [way]:
            tried = something(life, dice, anything=way == "try")
            if life.try_it(tried):
                done[tried.kind] += 1
            return str(tried)
    raise AssertionError


def something(life: Life, dice: random.Random, *, anything: bool) -> Try:
    """Anything by anybody; or what the state allows, by somebody of a right role."""
    kinds, people = KINDS, list(life.people)
    if not anything:
        state = life.account.state
        kinds = [k for k in KINDS if state in HAZARD_TRANSITIONS[k].moves] or KINDS
    weights = [1 if kind in SELDOM else 6 for kind in kinds]
    (kind,) = dice.choices(kinds, weights)
    if not anything:
        actors = HAZARD_TRANSITIONS[kind].actors
        people = [name for name in people if life.people[name].role in actors]
    return Try(kind, dice.choice(people), dice.randint(-2, 60), dice.randint(0, 5))


@pytest.mark.django_db
def test_a_hazards_life_goes_by_the_table_and_nothing_is_lost() -> None:
    done: Counter[HazardActKind] = Counter()

    @given(dice=st.randoms(use_true_random=True))
    @settings(
        max_examples=12,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def lives(dice: random.Random) -> None:
        with transaction.atomic():
            live(dice, done)
            transaction.set_rollback(True)

    lives()
    # Enough came of it to say something.
    assert len(done) > len(KINDS) / 2
    assert done[HazardActKind.ORDER] > 2
