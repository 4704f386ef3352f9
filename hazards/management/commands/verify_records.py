"""Prove that what was signed stands as it was signed."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Enterprise
from hazards.queries import verification
from hazards.queries.snapshots import one_snapshot
from hazards.queries.verification import files as stored_files
from hazards.queries.verification import heads as heads_files
from hazards.queries.verification.found import TableFault
from hazards.services.attachments import address
from hazards.services.copies import place_of
from hazards.services.heads_key import public_path

BAD_FILE = 2
"""The exit status when a file of heads proves nothing: nothing was compared."""


class Command(BaseCommand):
    """
    Prints one line and ends with status 0 if all holds; else names the first thing
    that does not on standard error and ends with status 1, or with 2 if a file of heads
    is not what was signed.
    """

    help = "Check every signed report against its bytes, its seal and its chain."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take an enterprise's code, and files of heads with the keys they trust."""
        parser.add_argument(
            "--enterprise", metavar="USCC", help="verify this enterprise only"
        )
        parser.add_argument(
            "--files", action="store_true", help="read every stored file, too"
        )
        parser.add_argument(
            "--heads",
            metavar="FILE",
            action="append",
            type=Path,
            default=[],
            help="compare with this file of heads, too; may be given several times",
        )
        parser.add_argument(
            "--public-key",
            metavar="FILE",
            action="append",
            type=Path,
            default=[],
            help="the key that signed them (HEADS_KEY with .pub unless given)",
        )

    def handle(
        self,
        *,
        enterprise: str | None = None,
        files: bool = False,
        heads: Sequence[Path] = (),
        public_key: Sequence[Path] = (),
        **_: Any,
    ) -> None:
        """
        Verify one snapshot of the database: signing goes on meanwhile.

        :raises CommandError: with what does not hold, or if there is no such enterprise
        """
        try:
            for path in heads:
                heads_files.check_signature(path, public_keys=_keys(public_key))
            with one_snapshot():
                self._verify(enterprise, heads, files=files)
        except heads_files.BadFileError as error:
            raise CommandError(str(error), returncode=BAD_FILE) from error

    def _verify(self, uscc: str | None, heads: Sequence[Path], *, files: bool) -> None:
        if uscc is not None and not Enterprise.objects.filter(uscc=uscc).exists():
            msg = f"The portal knows no enterprise {uscc}; check the code."
            raise CommandError(msg)
        fault = next(_faults(uscc, heads, files=files), None)
        if fault is not None:
            raise CommandError(str(fault))
        counted = verification.counted(uscc)
        self.stdout.write(
            f"{counted.reports} reports, {counted.seals} seals of "
            f"{counted.enterprises} enterprises verified"
            + (f", {len(heads)} files of heads agree" if heads else "")
        )


def _faults(
    uscc: str | None, heads: Sequence[Path], *, files: bool
) -> Iterator[verification.Fault | TableFault]:
    yield from verification.faults(uscc)
    for path in heads:
        yield from heads_files.faults(heads_files.lines_of(path), uscc=uscc)
    if files:
        yield from stored_files.of_attachments(address, uscc)
        yield from stored_files.of_copies(place_of, uscc)


def _keys(given: Sequence[Path]) -> Sequence[Path]:
    """The keys named, else the portal's own."""
    if not (given or settings.HEADS_KEY):
        msg = "Name the key that signed the file with --public-key."
        raise heads_files.BadFileError(msg)
    return given or [public_path(Path(settings.HEADS_KEY))]
