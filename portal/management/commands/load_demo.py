"""Loads the demonstration: invented enterprises and what they did until today."""

import argparse
import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.permissions import RefusedError
from hazards.rules.deadlines import SHANGHAI
from portal.demo.load import load


class Command(BaseCommand):
    """Load the demo into an empty database and write its passwords to a file."""

    help = "Load invented enterprises and their quarters into an empty database."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the file for the passwords; a day and a number for tests."""
        parser.add_argument("--passwords-file", type=Path, required=True)
        parser.add_argument(
            "--today",
            type=dt.date.fromisoformat,
            help="reckon from the afternoon of this day (Asia/Shanghai)",
        )
        parser.add_argument(
            "--enterprises", type=_at_least_four, help="load only so many"
        )

    def handle(
        self,
        *,
        passwords_file: Path,
        today: dt.date | None,
        enterprises: int | None,
        **_options: Any,
    ) -> None:
        """
        Load, then write the accounts as JSON that only the own user may read.

        :raises CommandError: if this is no demo, or the database is not empty
        """
        if not settings.DEMO:
            msg = "The demo is loaded only where PORTAL_DEMO=True: it is not set here."
            raise CommandError(msg)
        try:
            accounts = load(now=_moment(today), count=enterprises)
        except RefusedError as refusal:
            raise CommandError(str(refusal)) from refusal
        _write_secret(passwords_file, json.dumps(accounts, ensure_ascii=False))
        self.stdout.write(f"The demo is loaded: {len(accounts)} accounts.")


def _moment(today: dt.date | None) -> dt.datetime:
    if today is None:
        return timezone.now().astimezone(SHANGHAI)
    return dt.datetime.combine(today, dt.time(15, 0), tzinfo=SHANGHAI)


def _at_least_four(text: str) -> int:
    number = int(text)
    if number < 4:
        msg = "the accounts shown need at least four enterprises"
        raise argparse.ArgumentTypeError(msg)
    return number


def _write_secret(path: Path, text: str) -> None:
    """
    Write the text so that only this user reads it, from the first byte on.

    :raises CommandError: if the file cannot be written
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            # A file that was there keeps its mode unless told.
            os.fchmod(file.fileno(), 0o600)
            file.write(text)
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror}): choose another file."
        raise CommandError(msg) from error
