"""Keeps the portal's processes running, and ends them all together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.stack import processes
from portal.stack.processes import Stop
from portal.stack.refusal import say
from portal.stack.servers import Servers
from portal.stack.state import ROOT, State

_LONGEST_PAUSE = 5.0  # seconds between two starts of a part that keeps dying
_STEADY = 10.0  # seconds after which a part counts as running well


@dataclass
class Part:
    """One process that should always run."""

    name: str
    log: Path
    spawn: Callable[[], subprocess.Popen[bytes]]
    stop_by: int = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    started: float = 0
    pause: float = 1.0
    again: float = 0

    def start(self) -> None:
        """Start the process."""
        self.process = self.spawn()
        self.started = time.monotonic()

    def look(self) -> None:
        """Start it again, after a pause, if it has ended."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.again:
                self.start()
        elif self.process.poll() is not None:
            processes.kill_group(self.process)
            self.pause = (
                1.0
                if now - self.started > _STEADY
                else min(self.pause * 2, _LONGEST_PAUSE)
            )
            say(
                f"{self.name} ended ({self.process.returncode}); starting it again in "
                f"{self.pause:.0f} s. Its log: {self.log}"
            )
            self.process = None
            self.again = now + self.pause


def celery(*arguments: str) -> list[str]:
    """Return the command of a Celery process of the portal."""
    return [sys.executable, "-m", "celery", "-A", "portal", *arguments]


def worker_command() -> list[str]:
    """
    Return the command of the worker: two shares of a scan at a time, and beside them
    what is short (signs of life, mail).
    """
    return celery("worker", "--concurrency=3", "--loglevel=INFO", "--without-mingle")


def beat_command(folder: Path) -> list[str]:
    """Return the command of beat; what it sent last is kept in `folder`."""
    return celery("beat", f"--schedule={folder / 'beat'}", "--pidfile=")


def web_command(host: str, port: int) -> list[str]:
    """Return the command of the web server."""
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi:application"]
    command += ["--bind", f"{bracketed(host)}:{port}", "--no-control-socket"]
    command += ["--workers=2", "--threads=4", "--worker-tmp-dir", _memory()]
    return command


def bracketed(host: str) -> str:
    """Return a host as it is written before a port."""
    return f"[{host}]" if ":" in host else host


def _memory() -> str:
    """Return a folder in memory where there is one: gunicorn beats there."""
    memory = Path("/dev/shm")  # noqa: S108 (gunicorn makes a private file)
    return str(memory) if os.access(memory, os.W_OK) else "/tmp"  # noqa: S108


def parts_for(
    state: State, servers: Servers, environment: Mapping[str, str], host: str, port: int
) -> list[Part]:
    """Return what runs, in the order of its start."""

    def ours(name: str, command: Sequence[str], last_signal: int) -> Part:
        log = state.logs / f"{name}.log"
        return Part(
            name,
            log,
            lambda: processes.start(
                command,
                env=environment,
                log=log,
                last_signal=last_signal,
                keep_open=[state.lock],
                cwd=ROOT,
            ),
        )

    parts = []
    if servers.postgres is not None:
        server = servers.postgres
        parts.append(
            Part(server.name, server.log, server.spawn, signal.SIGINT, server.process)
        )
    if servers.valkey is not None:
        broker = servers.valkey
        parts.append(
            Part(broker.name, broker.log, broker.spawn, process=broker.process)
        )
    return [
        *parts,
        # When we are killed, jobs are dropped at once: they are handed out again.
        # Any gentler signal can wait for ever, as the broker is gone too.
        ours("worker", worker_command(), signal.SIGKILL),
        ours("beat", beat_command(state.folder), signal.SIGTERM),
        ours("web", web_command(host, port), signal.SIGTERM),
    ]


def supervise(parts: Sequence[Part], stop: Stop, is_up: Callable[[], bool]) -> None:
    """Run the parts until a stop is asked for. Servers among them run already.

    :param is_up: called once, after all have started; False ends everything
    """
    try:
        for part in parts:
            if part.process is None:
                part.start()
        if not is_up():
            return
        while not stop.asked:
            for part in parts:
                part.look()
            time.sleep(0.2)
    finally:
        _stop_all(parts)


def _stop_all(parts: Sequence[Part]) -> None:
    """End ours first, all at once; then the servers they use."""
    running = [part for part in parts if part.process is not None]
    ours = [part for part in running if part.name in ("worker", "beat", "web")]
    for part in ours:
        assert part.process is not None  # noqa: S101 (see above)
        if part.process.poll() is None:
            part.process.send_signal(part.stop_by)
    for part in ours + [part for part in reversed(running) if part not in ours]:
        assert part.process is not None  # noqa: S101 (see above)
        processes.stop(part.process, by=part.stop_by)
