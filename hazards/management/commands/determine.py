"""Say what findings lead to, from files of facts; needs no database."""

import io
import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from hazards.queries.workdays import ChineseCalendar
from hazards.rules.determine import determine
from hazards.rules.facts import Facts
from hazards.rules.facts_files import FactsError, read

LARGEST = 32 * 1024 * 1024
"""Bytes of a file: a hundred times what ten years of a large enterprise need."""


class Command(BaseCommand):
    """
    Prints one JSON object a line, in the order of the files. What cannot be read is
    one line on standard error; the others are still answered, and the status is 2.
    """

    help = "Determine what findings lead to, from files of facts (TOML or JSON)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the files."""
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help="facts, as TOML or as JSON"
        )

    def handle(self, *, files: list[str], **_: Any) -> None:
        """Answer each file; end with status 2 if one could not be read."""
        calendar, failed = ChineseCalendar(), False
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        try:
            for name in files:
                try:
                    facts = _facts(name)
                except FactsError as error:
                    failed = True
                    self.stderr.write(_one_line(f"{name}: {error}"))
                else:
                    said = determine(facts, calendar).plain()
                    self.stdout.write(_encodable(json.dumps(said, ensure_ascii=False)))
                    self.stdout.flush()
        except BrokenPipeError:
            # Whoever read has gone and wants no more, nor what is flushed at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
        if failed:
            sys.exit(2)


def _facts(name: str) -> Facts:
    path = Path(name)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        msg = f"cannot be read: {reason}."
        raise FactsError(msg) from error
    if len(content) > LARGEST:
        msg = f"is larger than {LARGEST >> 20} MiB, which facts of one finding are not."
        raise FactsError(msg)
    return read(content, name=path.stem, is_json=_is_json(path, content))


def _is_json(path: Path, content: bytes) -> bool:
    """Tell the format by the name, else by the first character."""
    suffix = path.suffix.lower()
    if suffix in {".json", ".toml"}:
        return suffix == ".json"
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def _one_line(text: str) -> str:
    return _encodable(" ".join(text.splitlines()))


def _encodable(text: str) -> str:
    r"""Write what UTF-8 cannot hold as \udc80, which JSON reads back."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
