"""One table says what may happen to a spot check, and everything agrees with it."""

from hazards.models import CHECK_MOVES, CheckState
from hazards.workflow import SPOT_CHECK_TRANSITIONS, CheckAction, check_moves


def test_the_database_lets_pass_just_the_moves_of_the_table() -> None:
    assert check_moves() == frozenset(CHECK_MOVES)
    assert len(CHECK_MOVES) == len(set(CHECK_MOVES))


def test_every_action_has_where_it_begins_and_somebody_who_does_it() -> None:
    assert set(SPOT_CHECK_TRANSITIONS) == set(CheckAction)
    assert all(t.sources and t.actors for t in SPOT_CHECK_TRANSITIONS.values())


def test_every_state_is_reached_from_the_plan_and_the_ends_are_ends() -> None:
    reached: set[CheckState] = set()
    found = {CheckState.PLANNED}
    while found:
        reached |= found
        found = {target for source, target in CHECK_MOVES if source in reached}
        found -= reached
    assert reached == set(CheckState)
    assert set(CheckState) - {source for source, _ in CHECK_MOVES} == {
        CheckState.ENDED,
        CheckState.REFUSED,
        CheckState.WITHDRAWN,
    }
