"""Write the facts of a finding as a file that `manage determine` answers."""

import json
import uuid
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from hazards.models import Determination, Finding
from hazards.queries.determination_facts import facts_of
from hazards.rules.case_files import facts_in
from hazards.rules.facts import Facts
from hazards.rules.facts_files import toml


class Command(BaseCommand):
    """
    Prints the facts as TOML. Of a finding they are read from the record as it is now;
    of a determination they are those that it was made from.
    """

    help = "Print the facts of a finding, or of a determination, as a facts file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the finding."""
        parser.add_argument(
            "finding",
            metavar="FINDING",
            help="the number or id of a finding, or the number of a determination",
        )

    def handle(self, *, finding: str, **_: Any) -> None:
        """
        Print them.

        :raises CommandError: if there is no such finding
        """
        self.stdout.write(toml(_facts(finding)), ending="")


def _facts(name: str) -> Facts:
    made = Determination.objects.filter(number=name).first()
    if made is not None:
        return facts_in(json.loads(bytes(made.content)))
    named = Q(number=name)
    with suppress(ValueError):
        named |= Q(public_id=uuid.UUID(name))
    found = Finding.objects.select_related("spot_check__bureau").filter(named).first()
    if found is None:
        msg = f"There is no finding {name!r}: give its number, as on its page."
        raise CommandError(msg)
    return facts_of(found, at=timezone.now())
