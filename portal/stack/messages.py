"""Compiles translations without gettext's tools."""

import os
from pathlib import Path

import polib

from portal.stack.state import ROOT


def compile_messages(root: Path = ROOT) -> None:
    """Write each `.mo` that is missing or older than its `.po`."""
    for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        new = target.with_suffix(f".{os.getpid()}")
        polib.pofile(str(source)).save_as_mofile(str(new))
        new.replace(target)
