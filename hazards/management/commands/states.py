"""Draw the states of reports, major hazards and spot checks from their tables."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hazards.workflow import check_diagram, diagram, hazard_diagram

PAGE = """\
# The states of a {thing}

Drawn from `hazards/workflow.py` by `manage states`; do not edit it here.
Each arrow is {arrow} with those who may do it. The database refuses every other
move (`hazards.models.{moves}`).
{more}
```mermaid
{diagram}```
"""
HAZARD = """
An arrow without people comes with something else: a registration, the receipt of a
report or of a plan, the grade of before. An arrow from a state to itself is an act that
moves nothing but stays on record. Overdue is no state: a hazard stays on the books
until it is closed.
"""
CHECK = """
Planning comes before the first arrow; an inspector does it. An arrow from a state to
itself is an act that moves nothing but stays on record. From the arrival on nothing of
a check changes; what was wrong is said in a correction that the head approves.
"""


def pages() -> dict[str, str]:
    """Each page by its name in docs/."""
    return {
        "report-states.md": PAGE.format(
            thing="report",
            arrow="an action",
            moves="REPORT_MOVES",
            more="",
            diagram=diagram(),
        ),
        "hazard-states.md": PAGE.format(
            thing="major hazard",
            arrow="an act",
            moves="HAZARD_MOVES",
            more=HAZARD,
            diagram=hazard_diagram(),
        ),
        "check-states.md": PAGE.format(
            thing="spot check",
            arrow="an action",
            moves="CHECK_MOVES",
            more=CHECK,
            diagram=check_diagram(),
        ),
    }


class Command(BaseCommand):
    """Writes the pages of states in docs; needs no database."""

    help = "Write the diagrams of states in docs from the tables, or check them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --check."""
        parser.add_argument(
            "--check", action="store_true", help="only say whether they are current"
        )

    def handle(self, *, check: bool, **_: Any) -> None:
        """
        Write the pages, or compare them.

        :raises CommandError: if one is to be checked and is not current
        """
        for name, text in pages().items():
            page = Path(settings.BASE_DIR) / "docs" / name
            if not check:
                page.write_text(text, encoding="utf-8")
            elif not page.exists() or page.read_text(encoding="utf-8") != text:
                msg = f"docs/{name} is not current: run 'manage states'."
                raise CommandError(msg)
