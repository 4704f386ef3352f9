"""`start.py` itself: one command starts all, and nothing is left when it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.stack import processes
from portal.stack.state import ROOT
from tests.portal.conftest import SOON, ask, free_port

pytestmark = pytest.mark.servers

WRITE = (
    "from django.utils import timezone; from portal.models import Heartbeat;"
    "now = timezone.now(); Heartbeat.objects.record(sent_at=now, written_at=now)"
)
READ = "from portal.models import Heartbeat; print(Heartbeat.objects.count())"
OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PORTAL_HTTPS")


def stack_command(state: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "portal.stack", "--state", str(state), *arguments]


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in OURS}


@contextmanager
def started(state: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    command = stack_command(state, "--port", str(port), "--no-demo")
    with subprocess.Popen(  # noqa: S603 (our own words)
        command, env=environment(), cwd=ROOT
    ) as process:
        try:
            assert processes.wait_until(
                lambda: ask(port, "/livez")[0] == 200 or process.poll() is not None,
                seconds=2 * SOON,
                every=0.2,
            )
            yield process
        finally:
            process.kill()


def manage(state: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 (our own words)
        stack_command(state, "manage", *arguments),
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def descendants(pid: int) -> set[int]:
    """Return every process that a process started, and theirs."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry.parent.name)] = int(after_name[1])
    found = {pid}
    while (
        more := {child for child, parent in parents.items() if parent in found} - found
    ):
        found |= more
    return found - {pid}


def still_there(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}/exe").exists()}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_killing_it_leaves_no_process_and_loses_no_committed_row(
    migrated_folder: Path,
) -> None:
    port = free_port()
    with started(migrated_folder, port) as process:
        written = manage(migrated_folder, "shell", "--no-imports", "-c", WRITE)
        assert written.returncode == 0, written.stderr
        children = descendants(process.pid)
        assert len(children) > 5
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert processes.wait_until(lambda: not still_there(children), seconds=SOON)

    counted = manage(migrated_folder, "shell", "--no-imports", "-c", READ)
    assert (counted.returncode, counted.stdout) == (0, "1\n"), counted.stderr


def test_a_command_before_the_first_start_finds_tables_and_keeps_its_own_words(
    state_folder: Path,
) -> None:
    counted = manage(state_folder, "shell", "--no-imports", "-c", READ)
    assert (counted.returncode, counted.stdout, counted.stderr) == (0, "0\n", "")

    failing = manage(state_folder, "shell", "--no-imports", "-c", "raise SystemExit(7)")
    assert (failing.returncode, failing.stdout) == (7, "")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ctrl_c_stops_everything_and_a_second_start_is_refused(
    migrated_folder: Path,
) -> None:
    port = free_port()
    with started(migrated_folder, port) as process:
        second = subprocess.run(  # noqa: S603 (our own words)
            stack_command(migrated_folder, "--port", str(free_port())),
            env=environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 1
        assert f"http://127.0.0.1:{port}/" in second.stderr

        children = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        assert process.wait(SOON) == 0
        assert not still_there(children)
