"""Draw the states of a report from the one table of moves."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hazards.workflow import diagram

PAGE = """\
# The states of a report

Drawn from `hazards/workflow.py` by `manage report_states`; do not edit it here.
Each arrow is an action with those who may do it. The database refuses every other
move (`hazards.models.REPORT_MOVES`).

```mermaid
{diagram}```
"""


class Command(BaseCommand):
    """Writes docs/report-states.md; needs no database."""

    help = "Write docs/report-states.md from the table of moves, or check it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --check."""
        parser.add_argument(
            "--check", action="store_true", help="only say whether the page is current"
        )

    def handle(self, *, check: bool, **_: Any) -> None:
        """
        Write the page, or compare it.

        :raises CommandError: if the page is to be checked and is not current
        """
        page = Path(settings.BASE_DIR) / "docs" / "report-states.md"
        text = PAGE.format(diagram=diagram())
        if not check:
            page.write_text(text, encoding="utf-8")
        elif not page.exists() or page.read_text(encoding="utf-8") != text:
            msg = "docs/report-states.md is not current: run 'manage report_states'."
            raise CommandError(msg)
