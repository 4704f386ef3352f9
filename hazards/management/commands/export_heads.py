"""Let the heads of all chains leave the database."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hazards.services import heads
from hazards.services.heads_key import HeadsKeyError


class Command(BaseCommand):
    """Prints where the file is; status 0 also if it was there already."""

    help = "Write today's signed file of chain heads into HEADS_DIR."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a day."""
        parser.add_argument(
            "--on",
            metavar="DATE",
            type=dt.date.fromisoformat,
            help="write the file of this day (YYYY-MM-DD), with the heads of now",
        )

    def handle(self, *, on: dt.date | None = None, **_: Any) -> None:
        """
        Write the file.

        :raises CommandError: if it cannot be written
        """
        try:
            written = heads.export(at=timezone.now(), on=on)
        except (heads.HeadsNotWrittenError, HeadsKeyError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            str(written) if written else "The file is there already; it was left as is."
        )
