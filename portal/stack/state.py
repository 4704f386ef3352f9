"""The state folder: everything that one portal on this machine keeps."""

import fcntl
import json
import os
import secrets
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from portal.stack.processes import NOBODY
from portal.stack.refusal import RefusalError, say

ROOT = Path(__file__).resolve().parents[2]
_LONGEST_FOLDER = 60  # characters; a socket's whole path must stay below about 104


def is_root() -> bool:
    """Tell whether we are root, as whom PostgreSQL does not run."""
    return os.geteuid() == 0


def open_to_nobody(folder: Path) -> bool:
    """Tell whether the user `nobody` can walk into a folder."""
    return all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents))


class State:
    """A folder of ours alone, used by one start at a time."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, making it where it is missing.

        :raises RefusalError: if it is another user's, or may not be written
        """
        self.folder = folder.absolute()
        self.logs = self.folder / "log"
        self._lock: int | None = None
        try:
            for missing in reversed([self.folder, *self.folder.parents]):
                if not missing.exists():
                    missing.mkdir(exist_ok=True)
                    # As root PostgreSQL runs as nobody, who must walk through.
                    missing.chmod(0o711 if is_root() else 0o700)
            if self.folder.stat().st_uid != os.geteuid():
                msg = (
                    f"The state folder {self.folder} belongs to another user: start "
                    "as that user, or name a folder of your own with --state."
                )
                raise RefusalError(msg)
            self.folder.chmod(0o711 if is_root() else 0o700)
            self.logs.mkdir(exist_ok=True, mode=0o700)
        except (PermissionError, FileExistsError, NotADirectoryError) as error:
            msg = (
                f"The state folder {self.folder} cannot be used ({error.strerror}): "
                "name one you may write with --state."
            )
            raise RefusalError(msg) from error

    # One start at a time

    def try_lock(self) -> bool:
        """Take the folder. Children inherit the lock: it is free when all are gone."""
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._lock = lock
        return True

    def unlock(self) -> None:
        """Let go of the folder."""
        os.close(self.lock)
        self._lock = None

    @property
    def lock(self) -> int:
        """The descriptor that children inherit."""
        assert self._lock is not None  # noqa: S101 (the caller holds the lock)
        return self._lock

    def wait_for_lock(self, *, seconds: float) -> None:
        """Take the folder, waiting for what an earlier start left behind to end.

        :raises RefusalError: if another start is using it
        """
        until = time.monotonic() + seconds
        while not self.try_lock():
            running = self.running()
            if running:
                where = running.get("address") or "(it is still starting)"
                msg = (
                    f"Already running from this state folder: {where}, process "
                    f"{running['pid']}. Stop it first, or use another --state "
                    "and --port."
                )
                raise RefusalError(msg)
            if time.monotonic() > until:
                msg = (
                    f"Something still uses the state folder {self.folder}: end it, or "
                    "use another --state."
                )
                raise RefusalError(msg)
            time.sleep(0.1)

    # What runs

    def running(self) -> dict[str, Any] | None:
        """Return what the start that holds the folder says of itself, if it lives."""
        try:
            said = json.loads((self.folder / "running.json").read_text())
        except (OSError, ValueError):
            return None
        return said if isinstance(said, dict) and _is_alive(said["pid"]) else None

    def set_running(self, **said: Any) -> None:
        """Say what this start is, for a second one and for `manage`."""
        self.write("running.json", json.dumps({"pid": os.getpid(), **said}))

    def clear_running(self) -> None:
        """Say that nothing runs any more."""
        (self.folder / "running.json").unlink(missing_ok=True)

    # What is kept

    def write(self, name: str, text: str) -> None:
        """Write a file of ours alone, whole or not at all."""
        new = self.folder / f"{name}.new"
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.folder / name)

    def secret(self, name: str) -> str:
        """Return a secret of this folder, made on first use, readable to us alone."""
        path = self.folder / name
        try:
            return path.read_text()
        except FileNotFoundError:
            self.write(name, secrets.token_urlsafe(64))
            return path.read_text()

    @property
    def postgres_home(self) -> Path:
        """Where PostgreSQL's files are: in this folder, if PostgreSQL can get there."""
        # Decided once: the database must not seem to vanish when a mode changes.
        here = (self.folder / "postgres").exists() or open_to_nobody(self.folder)
        if not is_root() or (here and not (self.folder / "postgres_home").exists()):
            return self.folder
        # Never a temporary folder: what is kept here must not be tidied away.
        name = self.secret("postgres_home")[:16]
        elsewhere = Path("/var/lib/hazard-portal") / name
        elsewhere.mkdir(parents=True, exist_ok=True)
        # Said aloud: our umask would close both to everyone else.
        for folder in (elsewhere.parent, elsewhere):
            folder.chmod(0o711)
        return elsewhere

    def make_sockets(self) -> Path:
        """Make a fresh folder for sockets, of ours alone, with a short path."""
        self.remove_sockets()
        parent = tempfile.gettempdir()
        if len(parent) > _LONGEST_FOLDER:
            parent = "/tmp"  # noqa: S108 (the folder made in it is ours alone)
        sockets = Path(tempfile.mkdtemp(prefix="portal-", dir=parent))
        self.write("sockets", str(sockets))
        for name in ("postgres", "valkey"):
            (sockets / name).mkdir(mode=0o700)
        if is_root():
            sockets.chmod(0o711)
            os.chown(sockets / "postgres", NOBODY, NOBODY)
        return sockets

    @property
    def sockets(self) -> Path:
        """The folder of sockets of the servers that run now."""
        return Path((self.folder / "sockets").read_text())

    def remove_sockets(self) -> None:
        """Remove the folder of sockets, also one that an earlier start left."""
        try:
            sockets = self.sockets
            if sockets.lstat().st_uid == os.geteuid() and "portal-" in sockets.name:
                shutil.rmtree(sockets)
        except OSError:
            pass
        (self.folder / "sockets").unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def state_that_is_free(folder: Path) -> State:
    """Return a locked state folder, a numbered neighbour if that one is in use."""
    for number in range(1, 10):
        state = State(
            folder if number == 1 else folder.with_name(f"{folder.name}-{number}")
        )
        if state.try_lock():
            if number > 1:
                say(f"{folder} is in use; using {state.folder}.")
            return state
    msg = f"{folder} and its neighbours are all in use: end what runs there."
    raise RefusalError(msg)
