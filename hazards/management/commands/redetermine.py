"""Make determinations again from what was kept, and say whether they are the same."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from hazards.queries.redetermination import redetermine
from hazards.queries.snapshots import one_snapshot


class Command(BaseCommand):
    """
    Prints one line for each. Ends with status 1 if one does not give the same bytes;
    such lines go to standard error.
    """

    help = "Run determinations again from their kept facts: the same bytes or not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take numbers; none = all."""
        parser.add_argument("numbers", nargs="*", metavar="NUMBER")

    def handle(self, *, numbers: list[str], **_: Any) -> None:
        """Answer each; end with status 1 if one is not the same."""
        count = failed = 0
        with one_snapshot():
            for made in redetermine(numbers):
                count += 1
                if made.is_same:
                    self.stdout.write(f"{made.number}: the same")
                else:
                    failed += 1
                    self.stderr.write(f"{made.number}: {made.fault}")
        self.stdout.write(f"{count - failed} of {count} gave the same bytes.")
        if failed:
            sys.exit(1)
