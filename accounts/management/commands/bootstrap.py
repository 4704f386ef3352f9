"""`manage bootstrap`: the first operator and bureau of an empty portal."""

from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.codes.errors import CodeError
from accounts.models.bureaus import BureauLevel
from accounts.permissions import RefusedError
from accounts.services import first_start

QUESTIONS = (
    ("username", "Username of the operator: "),
    ("full_name", "Full name of the operator: "),
    ("bureau", "Name of the first bureau: "),
    ("level", f"Its level ({', '.join(BureauLevel.values)}): "),
    ("covers", "GB/T 2260 codes of what it covers, separated by spaces: "),
)


class Command(BaseCommand):
    """Make the first operator and the first bureau; what is not given is asked."""

    help = "Make the first operator and the first bureau of an empty portal."

    def add_arguments(self, parser: CommandParser) -> None:
        """Every question can be answered beforehand."""
        parser.add_argument("--username")
        parser.add_argument("--full-name")
        parser.add_argument("--bureau", help="name of the first bureau")
        parser.add_argument("--level", choices=BureauLevel.values)
        parser.add_argument("--covers", help="GB/T 2260 codes, separated by spaces")
        parser.add_argument(
            "--password-file",
            type=Path,
            help="file with the password on its first line",
        )

    def handle(self, **options: Any) -> None:
        """Ask, make, say what to do next."""
        answers = {name: self._answer(options[name], ask) for name, ask in QUESTIONS}
        if answers["level"] not in BureauLevel.values:
            msg = f"The level is one of: {', '.join(BureauLevel.values)}."
            raise CommandError(msg)
        now = timezone.now()
        try:
            user, bureau = first_start.bootstrap(
                username=answers["username"],
                full_name=answers["full_name"],
                password=self._password(options["password_file"]),
                first=first_start.FirstBureau(
                    name=answers["bureau"],
                    level=answers["level"],
                    covers=tuple(answers["covers"].split()),
                ),
                on=timezone.localdate(now),
                at=now,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except (RefusedError, CodeError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{user.username} is the operator, {bureau.name} the first bureau.\n"
            "Next: sign in, open People and invite the head of the bureau. The head "
            "invites reviewers and imports the enterprises, whose principals are then "
            "invited."
        )

    def _answer(self, given: str | None, ask: str) -> str:
        try:
            answer = (given if given is not None else input(ask)).strip()
        except EOFError:
            answer = ""
        if not answer:
            msg = f"An answer is missing: {ask.strip(': ')}."
            raise CommandError(msg)
        return answer

    def _password(self, file: Path | None) -> str:
        if file is not None:
            try:
                lines = file.read_text(encoding="utf-8").splitlines()
            except OSError as error:
                msg = f"The password file cannot be read: {error.strerror}."
                raise CommandError(msg) from error
            return lines[0] if lines else ""
        try:
            first, again = getpass("Password of the operator: "), getpass("Once more: ")
        except EOFError as error:
            msg = "There is no terminal to ask for a password: use --password-file."
            raise CommandError(msg) from error
        if again != first:
            msg = "The two passwords differ: run the command again."
            raise CommandError(msg)
        return first
