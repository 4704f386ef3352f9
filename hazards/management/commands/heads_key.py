"""Make the key that signs chain heads, or show its public half."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hazards.services import heads_key


class Command(BaseCommand):
    """Prints the public key; never the private one."""

    help = "Make the key HEADS_KEY unless it is there, and print its public key."

    def handle(self, **_: Any) -> None:
        """
        Make it where it is missing.

        :raises CommandError: if it cannot be made or read
        """
        if not settings.HEADS_KEY:
            msg = "HEADS_KEY is not set: name the file that is to hold the key."
            raise CommandError(msg)
        path = Path(settings.HEADS_KEY)
        try:
            if not path.exists():
                heads_key.make(path)
                self.stderr.write(f"Made {path} and {heads_key.public_path(path)}.")
            public = heads_key.public_pem(path)
        except heads_key.HeadsKeyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(public)
