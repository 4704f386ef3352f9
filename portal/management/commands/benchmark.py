"""Measure what the portal promises of its speed."""

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.benchmark import clock, delivery, determine, pages, protection, signing
from portal.benchmark.measures import FalseResultError, Outcome
from portal.benchmark.places import Servers, own_servers
from portal.stack.refusal import RefusalError

_WHAT = ("pages", "sign", "clock", "delivery", "determine")


class Command(BaseCommand):
    """
    Prints a table, or JSON, with both sides of every ratio. Ends with status 1 if a
    ratio does not hold, or a result is false; small sizes are shown, not judged.
    """

    help = "Measure pages, signing, the clock, delivery or determinations."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take what to measure, and how much of it."""
        parser.add_argument("what", choices=_WHAT)
        sizes = parser.add_mutually_exclusive_group()
        sizes.add_argument(
            "--small", action="store_true", help="a few rows: tells whether it works"
        )
        sizes.add_argument(
            "--size", type=_size, help="how many reports, enterprises or mails"
        )
        parser.add_argument(
            "--rounds", type=_rounds, help="how often each side is done"
        )
        parser.add_argument(
            "--keep",
            action="store_true",
            help="keep what pages are measured over, and use what was kept",
        )
        parser.add_argument("--json", action="store_true", help="JSON, not a table")

    def handle(self, *, what: str, json: bool, small: bool, **options: Any) -> None:
        """
        Measure, and tell.

        :raises CommandError: if a ratio does not hold or a result is false
        """
        try:
            with own_servers() as servers:
                outcome = self._measure(servers, what, small=small, **options)
        except (RefusalError, FalseResultError) as error:
            raise CommandError(str(error)) from error
        self._tell(outcome, as_json=json)
        if not outcome.holds:
            msg = "Not every ratio holds."
            raise CommandError(msg)

    def _measure(
        self,
        servers: Servers,
        what: str,
        *,
        small: bool,
        size: int | None,
        rounds: int | None,
        keep: bool,
        **_: Any,
    ) -> Outcome:
        said: dict[str, Any] = {
            "rounds": rounds or (3 if small or what == "clock" else 15),
            "judged": not small,
            "say": self._say,
        }
        if what == "sign":
            full = size or signing.FULL
            return signing.measure(
                servers, size=signing.SMALL if small else full, **said
            )
        if what == "clock":
            return clock.measure(
                servers,
                size=clock.SMALL if small else size or clock.FULL,
                beside=clock.SMALL_BESIDE if small else clock.FULL_BESIDE,
                **said,
            )
        if what == "determine":
            return determine.measure(
                servers,
                size=protection.SMALL if small else size or protection.FULL,
                beside=protection.SMALL_BESIDE if small else protection.FULL_BESIDE,
                **said,
            )
        if what == "delivery":
            full = size or delivery.FULL
            return delivery.measure(
                servers, size=delivery.SMALL if small else full, **said
            )
        return pages.measure(
            servers,
            size=pages.SMALL if small else size or pages.FULL,
            beside=pages.SMALL_BESIDE if small else pages.FULL_BESIDE,
            keep=keep,
            **said,
        )

    def _say(self, line: str) -> None:
        self.stderr.write(line)

    def _tell(self, outcome: Outcome, *, as_json: bool) -> None:
        if as_json:
            said = json.dumps(outcome.plain(), ensure_ascii=False, indent=2)
            self.stdout.write(said)
            return
        for line in outcome.lines():
            self.stdout.write(line)


def _size(text: str) -> int:
    number = int(text)
    if number < 800:
        msg = "at least 800, so that there is something to measure"
        raise argparse.ArgumentTypeError(msg)
    return number


def _rounds(text: str) -> int:
    number = int(text)
    if number < 1:
        msg = "at least one round"
        raise argparse.ArgumentTypeError(msg)
    return number
