"""The diagrams in the docs are drawn from the tables, and current."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from hazards.workflow import check_diagram, diagram, hazard_diagram
from tests.repository.sources import ROOT

PAGES = {
    "report-states.md": "draft --> awaiting_signature: send-for-signature",
    "hazard-states.md": "awaiting_recheck --> closed: pass-recheck",
    "check-states.md": "approved --> started: start (inspector)",
}


@pytest.mark.parametrize(
    ("page", "drawn"),
    [
        ("report-states.md", diagram),
        ("hazard-states.md", hazard_diagram),
        ("check-states.md", check_diagram),
    ],
)
def test_the_diagrams_in_the_docs_are_current(
    django_assert_num_queries: DjangoAssertNumQueries,
    db: None,
    page: str,
    drawn: Callable[[], str],
) -> None:
    with django_assert_num_queries(0):
        call_command("states", "--check", stdout=StringIO())
    assert drawn() in (ROOT / "docs" / page).read_text("utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_an_old_diagram_is_noticed_and_drawn_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr("django.conf.settings.BASE_DIR", tmp_path)
    call_command("states")
    drawn = tmp_path / "docs" / page
    text = drawn.read_text("utf-8")
    assert PAGES[page] in text
    for spoil in (drawn.unlink, lambda: drawn.write_text("old")):
        spoil()
        with pytest.raises(CommandError, match=f"{page} is not current"):
            call_command("states", "--check")
    call_command("states")
    call_command("states", "--check")
    assert drawn.read_text("utf-8") == text
