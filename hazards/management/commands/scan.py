"""Let the clock run once, as of now or of an instant that has passed."""

import datetime as dt
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.codes.years import YEARS
from hazards.models import Scan
from hazards.queries.clock import database_now
from hazards.services import scans

COUNTS = {
    "opened": "duties opened",
    "moved": "duties moved",
    "flags_raised": "flags raised",
    "flags_settled": "flags settled",
    "reminders": "reminders taken",
    "notices": "notices written",
    "parked": "reminders parked",
    "faults": "set aside by a fault",
}
"""What is printed of a run, with its word."""


class Command(BaseCommand):
    """
    Prints what the run did, also as JSON; status 0 if it went through, else 1 with one
    line on standard error. A second run as of the same instant adds nothing.
    """

    help = "Do what has come due: open, move, flag, remind; as of now or an instant."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take an instant and the form of the answer."""
        parser.add_argument(
            "--as-of",
            metavar="DATETIME",
            help="as of this instant that has passed, with its offset, like "
            "2026-07-16T00:00:00+08:00 (default: now, by the database's clock)",
        )
        parser.add_argument(
            "--json", dest="as_json", action="store_true", help="answer as JSON"
        )

    def handle(
        self, *, as_of: str | None = None, as_json: bool = False, **_: Any
    ) -> None:
        """
        Run.

        :raises CommandError: if the instant is none, has no offset or cannot be meant
        """
        now = database_now()
        runs = scans.scan(at=now if as_of is None else _instant(as_of, now=now))
        for run in runs:
            self.stdout.write(_as_json(run) if as_json else _as_lines(run))


def _instant(text: str, *, now: dt.datetime) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError as error:
        msg = f"{text!r} is no instant: write it like 2026-07-16T00:00:00+08:00."
        raise CommandError(msg) from error
    if at.utcoffset() is None:
        # Which zone was meant decides what is flagged: nothing is guessed here.
        msg = f"{text!r} has no offset: write {at.isoformat()}+08:00 for Shanghai."
        raise CommandError(msg)
    if at > now:
        msg = f"{text} has not come yet (it is {now.isoformat()}): it would flag early."
        raise CommandError(msg)
    if at.year < YEARS.start:
        msg = f"{text!r} cannot be meant: check the year, from {YEARS.start} on."
        raise CommandError(msg)
    return at


def _as_json(run: Scan) -> str:
    counts = {name: getattr(run, name) for name in COUNTS}
    return json.dumps({"as_of": run.at.isoformat(), "share": run.share, **counts})


def _as_lines(run: Scan) -> str:
    lines = [f"As of {run.at.isoformat()}:"]
    lines += [f"{getattr(run, name):>10} {word}" for name, word in COUNTS.items()]
    return "\n".join(lines)
