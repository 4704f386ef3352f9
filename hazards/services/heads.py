"""Each day's heads of chains, written outside the database and signed."""

import datetime as dt
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from hazards.queries.heads import lines
from hazards.queries.snapshots import one_snapshot
from hazards.queries.verification.heads import digest_of, signature_of
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.seals import canonical
from hazards.services import heads_key

_NAME = re.compile(r"heads-(\d{4}-\d\d-\d\d)\.jsonl")


class HeadsNotWrittenError(Exception):
    """The file cannot be written; one sentence says why."""


def export(*, at: dt.datetime, on: dt.date | None = None) -> Path | None:
    """
    Write the file of a day, today's unless another is named, and its signature. It
    holds the heads as they stand now and covers the days since the file before, so
    that what was missed is caught up. A file that is there is never replaced.

    :return: where it was written; none = it is there already
    :raises HeadsNotWrittenError: if the day has not come, or no folder is named
    :raises heads_key.HeadsKeyError: if there is no key to sign it with
    """
    today = at.astimezone(SHANGHAI).date()
    on = on or today
    if on > today:
        msg = f"{on} has not come yet; its file covers the day before it."
        raise HeadsNotWrittenError(msg)
    if not (settings.HEADS_DIR and settings.HEADS_KEY):
        msg = "HEADS_DIR and HEADS_KEY are not set: no heads leave the database."
        raise HeadsNotWrittenError(msg)
    folder = Path(settings.HEADS_DIR)
    target = folder / f"heads-{on}.jsonl"
    if target.exists():
        return None
    key = heads_key.read(Path(settings.HEADS_KEY))
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        if target.exists():
            return None
        new = _written(target, on=on, at=at)
        # The signature first: where the file stands, its signature does.
        _keep(key.sign(digest_of(new)), path=signature_of(target))
        new.rename(target)
        _sync(folder)
    return target


def _written(target: Path, *, on: dt.date, at: dt.datetime) -> Path:
    """Write the file under a name of its own for the time being."""
    new = target.with_name(f"{target.name}.new")
    before = max(
        (day for day in _days_written(target.parent) if day < on), default=None
    )
    with one_snapshot(), new.open("wb") as file:
        for line in lines(on=on, before=before, portal=settings.PORTAL_URL, at=at):
            file.write(canonical(line) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return new


def _days_written(folder: Path) -> Iterator[dt.date]:
    for path in folder.iterdir():
        if named := _NAME.fullmatch(path.name):
            yield dt.date.fromisoformat(named[1])


def _keep(content: bytes, *, path: Path) -> None:
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _sync(folder: Path) -> None:
    """Let the names outlive a loss of power, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One writer at a time; the lock ends with its process."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
