"""Prove that what was signed stands as it was signed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from accounts.models import Enterprise
from hazards.queries import verification


class Command(BaseCommand):
    """
    Prints one line and ends with status 0 if all holds; else names the first thing
    that does not on standard error and ends with status 1.
    """

    help = "Check every signed report against its bytes, its seal and its chain."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take an enterprise's code."""
        parser.add_argument(
            "--enterprise", metavar="USCC", help="verify this enterprise only"
        )

    def handle(self, *, enterprise: str | None = None, **_: Any) -> None:
        """
        Verify one snapshot of the database: signing goes on meanwhile.

        :raises CommandError: with what does not hold, or if there is no such enterprise
        """
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                )
            if (
                enterprise is not None
                and not Enterprise.objects.filter(uscc=enterprise).exists()
            ):
                msg = f"The portal knows no enterprise {enterprise}; check the code."
                raise CommandError(msg)
            fault = next(verification.faults(enterprise), None)
            if fault is None:
                counted = verification.counted(enterprise)
        if fault is not None:
            raise CommandError(str(fault))
        self.stdout.write(
            f"{counted.reports} reports, {counted.seals} seals of "
            f"{counted.enterprises} enterprises verified"
        )
