"""`manage messages`: keeps the translations true to the words of the pages."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal import catalogues
from portal.stack.messages import compile_messages


class Command(BaseCommand):
    """
    Extract, check or compile. English is the source; Simplified Chinese must be
    complete. Needs neither a database nor gettext's tools.
    """

    help = (
        "Update locale/*/LC_MESSAGES/django.po from code and templates; with --check "
        "change nothing and list what is missing; with --compile write the .mo files."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer the three ways."""
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument("--check", action="store_true", help="fail if incomplete")
        ways.add_argument("--compile", action="store_true", help="write the .mo files")
        parser.add_argument(
            "--root", type=Path, default=settings.BASE_DIR, help="the project's folder"
        )

    def handle(self, *, root: Path, check: bool, **options: Any) -> None:
        """
        Do what was asked.

        :raises CommandError: if there is no catalogue, or one is not complete
        """
        if options["compile"]:
            compile_messages(root)
            return
        found = catalogues.extracted(root)
        paths = sorted(root.glob("locale/*/LC_MESSAGES/django.po"))
        if not paths:
            msg = (
                f"There is no catalogue in {root / 'locale'}. Make an empty .po first."
            )
            raise CommandError(msg)
        faults = [
            fault for path in paths for fault in self._work(path, found, check=check)
        ]
        if check and faults:
            msg = f"{len(faults)} faults in the translations:\n" + "\n".join(faults)
            raise CommandError(msg)
        for fault in faults:
            self.stderr.write(fault)
        self.stdout.write(f"{len(found)} messages, {len(faults)} faults.")

    def _work(
        self,
        path: Path,
        found: dict[catalogues.Key, catalogues.Message],
        *,
        check: bool,
    ) -> list[str]:
        """Bring one catalogue up to date, or only look; return its faults."""
        text = path.read_text(encoding="utf-8")
        old = polib.pofile(text)
        new = catalogues.updated(old, found, locale=path.parts[-3])
        faults = catalogues.faults(old if check else new, found)
        if check and not faults and str(new) != text:
            faults = ["not as extraction writes it: run 'manage messages' once"]
        if not check and str(new) != text:
            path.write_text(str(new), encoding="utf-8")
        return [f"{path.name} {path.parts[-3]}: {fault}" for fault in faults]
