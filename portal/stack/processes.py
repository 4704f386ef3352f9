"""Processes that never outlive the one that started them."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from portal.stack.refusal import RefusalError, StoppedError

# Loaded before any fork: nothing may be imported between fork and exec.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1
_LARGEST_LOG = 10_000_000  # bytes; then one older file is kept
NOBODY = 65534  # PostgreSQL refuses to run as root


class Stop:
    """Whether somebody asked us to stop. The signals only set a flag."""

    def __init__(self) -> None:
        self.asked = False

    def listen(self) -> None:
        """Take Ctrl-C, `kill` and a closed terminal as the wish to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._set)

    def _set(self, number: int, frame: object) -> None:
        self.asked = True

    def check(self) -> None:
        """Give up what is still starting.

        :raises StoppedError: if a stop was asked for
        """
        if self.asked:
            raise StoppedError


def _die_with(parent: int, number: int) -> Callable[[], None]:
    """Return what a child does before it runs: tie its life to its parent's."""

    def tie() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, number)
            if os.getppid() != parent:
                os._exit(1)

    return tie


def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    log: Path,
    last_signal: int = signal.SIGTERM,
    user: int | None = None,
    keep_open: Sequence[int] = (),
    cwd: Path,
) -> subprocess.Popen[bytes]:
    """Start a process in a group of its own, its output into `log`.

    :param last_signal: what the kernel sends it when this process dies
    :param keep_open: descriptors it inherits (the lock of the state folder)
    :raises RefusalError: if the system does not let it start
    """
    if log.exists() and log.stat().st_size > _LARGEST_LOG:
        log.replace(log.with_suffix(".old.log"))
    try:
        with log.open("ab") as output:
            return subprocess.Popen(  # noqa: S603 (our own words)
                command,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=cwd,
                pass_fds=keep_open,
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
                preexec_fn=_die_with(os.getpid(), last_signal),  # noqa: PLW1509
            )
    except OSError as error:
        msg = f"{Path(command[0]).name} could not be started ({error.strerror})."
        raise RefusalError(msg) from error


def stop(
    process: subprocess.Popen[bytes], *, by: int = signal.SIGTERM, seconds: float = 20
) -> None:
    """Ask a process to end; end its whole group when it does not."""
    if process.poll() is None:
        process.send_signal(by)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a process and the children it made."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(
    is_so: Callable[[], bool],
    *,
    seconds: float,
    stop: Stop | None = None,
    every: float = 0.05,
) -> bool:
    """Wait for something to become so; tell whether it did in time.

    :raises StoppedError: if a stop was asked for meanwhile
    """
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            return False
        if stop is not None:
            stop.check()
        time.sleep(every)
    return True


def last_lines(log: Path, count: int = 12) -> str:
    """Return the end of a log, for the person who must find the fault."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""


_ERROR = re.compile(r"^[\w.]*(?:Error|Configured): (?=\S)", re.MULTILINE)


def last_error(log: Path) -> str:
    """Return the last error in a log, without its trace, on one line."""
    text = last_lines(log, 40)
    found = list(_ERROR.finditer(text))
    said = text[found[-1].end() :] if found else last_lines(log, 1)
    return " ".join(said.split())
