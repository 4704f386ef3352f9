"""One table says what may happen to a major hazard, and everything agrees with it."""

from pathlib import Path

from hazards.models import (
    HAZARD_MOVES,
    ON_THE_BOOKS,
    HazardAct,
    HazardActKind,
    HazardState,
    MajorHazard,
)
from hazards.services.lives import LIFE
from hazards.views.acts import ACTS
from hazards.workflow import HAZARD_TRANSITIONS, hazard_moves
from tests.repository.sources import modules, settings_of, tree

ONLY_PLACE = Path("hazards/services/lives.py")
# What has a state of its own beside a hazard: duties, which follow the record, and
# spot checks.
OTHERS = {
    Path("hazards/services/obligations.py"),
    Path("hazards/services/spot_checks.py"),
}
WITH_ANOTHER = {
    HazardActKind.REGISTER,
    HazardActKind.REPORT,
    HazardActKind.RECEIVE_PLAN,
}


def test_the_database_lets_pass_just_the_moves_of_the_table() -> None:
    assert hazard_moves() == frozenset(HAZARD_MOVES)
    assert len(HAZARD_MOVES) == len(set(HAZARD_MOVES))


def test_every_kind_of_act_has_a_move_and_who_does_it() -> None:
    assert set(HAZARD_TRANSITIONS) == set(HazardActKind)
    for kind, transition in HAZARD_TRANSITIONS.items():
        assert transition.moves, kind
        assert bool(transition.actors) == (kind not in WITH_ANOTHER), kind


def test_every_act_that_somebody_does_has_its_page() -> None:
    assert set(ACTS) == set(HazardActKind) - WITH_ANOTHER
    for kind, page in ACTS.items():
        assert page.kind == kind


def test_every_state_is_reached_from_found_and_the_ends_are_ends() -> None:
    reached: set[HazardState] = set()
    found = {HazardState.FOUND}
    while found:
        reached |= found
        found = {target for source, target in HAZARD_MOVES if source in reached}
        found -= reached
    assert reached == set(HazardState)
    assert set(HazardState) - {source for source, _ in HAZARD_MOVES} == {
        HazardState.CLOSED,
        HazardState.VOIDED,
        HazardState.HANDED_OVER,
    }


def test_it_closes_only_after_it_was_accepted() -> None:
    before = {source for source, end in HAZARD_MOVES if end == HazardState.CLOSED}
    assert before == {HazardState.ACCEPTED, HazardState.AWAITING_RECHECK}


def test_on_the_books_is_what_nobody_has_ended() -> None:
    ended = {
        HazardState.CLOSED,
        HazardState.VOIDED,
        HazardState.HANDED_OVER,
        HazardState.DOWNGRADED,
    }
    assert set(ON_THE_BOOKS) == set(HazardState) - ended - {HazardState.FOUND}


def test_the_state_of_a_hazard_is_set_in_one_place() -> None:
    places = {
        path for path in modules("hazards") if list(settings_of("state", tree(path)))
    }
    assert places - OTHERS == {ONLY_PLACE}


def test_the_columns_of_its_life_exist_and_every_kind_fits() -> None:
    columns = {field.name for field in MajorHazard._meta.concrete_fields}
    assert set(LIFE) <= columns
    longest = HazardAct._meta.get_field("kind").max_length or 0
    assert max(len(kind) for kind in HazardActKind) <= longest
