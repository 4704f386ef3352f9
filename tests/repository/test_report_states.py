"""One table says what may happen to a report, and everything else agrees with it."""

import ast
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from hazards.models import REPORT_MOVES, ReportStatus
from hazards.workflow import REPORT_TRANSITIONS, ReportAction, diagram
from tests.repository.sources import ROOT, modules, tree

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


def assignments_of_status(module: ast.Module) -> Iterator[int]:
    """Lines in which the status of something is set."""
    for node in ast.walk(module):
        match node:
            case ast.Attribute(attr="status", ctx=ast.Store()):
                yield node.lineno
            case ast.Call(
                func=ast.Name(id="setattr"), args=[_, ast.Constant("status"), *_]
            ):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="update" | "aupdate")) if any(
                keyword.arg == "status" for keyword in node.keywords
            ):
                yield node.lineno


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
    assert list(assignments_of_status(ast.parse(source))) == [1]


def test_the_status_of_a_report_is_set_in_one_place() -> None:
    places = {path for path in modules() if list(assignments_of_status(tree(path)))}
    assert places == {ONLY_PLACE}


def test_the_diagram_in_the_docs_is_current(
    django_assert_num_queries: DjangoAssertNumQueries, db: None
) -> None:
    with django_assert_num_queries(0):
        call_command("report_states", "--check", stdout=StringIO())
    assert diagram() in (ROOT / "docs" / "report-states.md").read_text("utf-8")


def test_an_old_diagram_is_noticed_and_drawn_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs" / "report-states.md"
    monkeypatch.setattr("django.conf.settings.BASE_DIR", tmp_path)
    for _ in ("missing", "old"):
        with pytest.raises(CommandError, match="not current"):
            call_command("report_states", "--check")
        page.write_text("old")
    call_command("report_states")
    call_command("report_states", "--check")
    assert "draft --> awaiting_signature: send-for-signature" in page.read_text("utf-8")
