"""One table says what may happen to a report, and everything else agrees with it."""

import ast
from pathlib import Path

import pytest

from hazards.models import REPORT_MOVES, ReportStatus
from hazards.workflow import REPORT_TRANSITIONS, ReportAction
from tests.repository.sources import modules, settings_of, tree

ONLY_PLACE = Path("hazards/services/moves.py")


def test_the_database_lets_pass_just_the_moves_of_the_table() -> None:
    moves = {
        (source, transition.target)
        for transition in REPORT_TRANSITIONS.values()
        for source in transition.sources
        # A transfer of what nobody has taken up moves no status.
        if source != transition.target
    }
    assert moves == set(REPORT_MOVES)
    assert len(REPORT_MOVES) == len(set(REPORT_MOVES))


def test_every_action_has_a_move_and_somebody_who_makes_it() -> None:
    assert set(REPORT_TRANSITIONS) == set(ReportAction)
    assert all(t.sources and t.actors for t in REPORT_TRANSITIONS.values())


def test_every_status_is_reached_from_the_draft_and_only_accepted_is_final() -> None:
    reached, found = set(), {ReportStatus.DRAFT}
    while found:
        reached |= found
        found = {target for source, target in REPORT_MOVES if source in reached}
        found -= reached
    assert reached == set(ReportStatus)
    assert set(ReportStatus) - {source for source, _ in REPORT_MOVES} == {
        ReportStatus.ACCEPTED
    }


@pytest.mark.parametrize(
    "source",
    [
        "r.status = x",
        "setattr(r, 'status', x)",
        "rows.update(status=x)",
        "r.status += x",
    ],
)
def test_the_search_finds_each_way_to_set_a_status(source: str) -> None:
    assert list(settings_of("status", ast.parse(source))) == [1]


def test_the_status_of_a_report_is_set_in_one_place() -> None:
    places = {path for path in modules() if list(settings_of("status", tree(path)))}
    assert places == {ONLY_PLACE}
