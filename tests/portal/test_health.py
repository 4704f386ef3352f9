"""/healthz names the part that fails; /livez speaks of its own process only."""

import datetime as dt
import json
import shutil
import signal
import time
from collections.abc import Callable

import pytest

from tests.portal.conftest import RunningPortal, ask

pytestmark = pytest.mark.servers

NAMES = {
    "PostgreSQL": "database",
    "Valkey": "broker",
    "worker": "worker",
    "beat": "beat",
}


@pytest.mark.parametrize("part", NAMES)
def test_a_stopped_part_is_named_and_comes_back(
    running_portal: RunningPortal, part: str
) -> None:
    running_portal.stop(part)
    assert running_portal.comes_to(lambda: running_portal.failed() == {NAMES[part]})
    assert ask(running_portal.port, "/livez") == (200, "ok\n")

    running_portal.start(part)
    assert running_portal.is_well()


@pytest.mark.parametrize("part", ["PostgreSQL", "Valkey"])
def test_a_server_that_hangs_is_named_within_seconds(
    running_portal: RunningPortal, part: str
) -> None:
    process = running_portal.process(part)
    process.send_signal(signal.SIGSTOP)
    try:
        asked = time.monotonic()
        failed = running_portal.failed()
        assert time.monotonic() - asked < 10
        assert NAMES[part] in failed
    finally:
        process.send_signal(signal.SIGCONT)
    assert running_portal.is_well()


def test_the_worker_takes_jobs_again_after_every_restart_of_the_broker(
    running_portal: RunningPortal,
) -> None:
    for _ in range(5):
        before = running_portal.process("worker")
        running_portal.stop("Valkey")
        running_portal.start("Valkey")
        assert_works_again(running_portal)
        # By a new worker: one that reconnects may take no jobs any more.
        assert before.poll() is not None


def test_the_worker_takes_jobs_again_from_a_broker_that_came_back_empty(
    running_portal: RunningPortal,
) -> None:
    running_portal.stop("Valkey")
    shutil.rmtree(running_portal.state.folder / "valkey")
    running_portal.start("Valkey")
    assert_works_again(running_portal)
    assert running_portal.is_well()


def test_health_tells_no_version_and_no_address(running_portal: RunningPortal) -> None:
    status, body = ask(running_portal.port, "/healthz")
    assert status == 200
    said = json.loads(body)
    # Whether a file of heads was written by now is a matter of the hour.
    assert said["parts"].pop("heads") in {"ok", "unknown"}
    parts = dict.fromkeys(("database", "broker", "worker", "beat", "clock"), "ok")
    assert said == {"status": "ok", "parts": parts}


def assert_works_again(portal: RunningPortal) -> None:
    """# R3: after 30 s at most, else /healthz says so; R2 for what beat sends."""
    began = time.monotonic()
    has_worked = has_worked_since(portal)

    def works() -> bool:
        is_told = time.monotonic() - began < 30 or bool(portal.failed())
        has_so = has_worked()
        assert has_so or is_told
        return has_so

    assert portal.comes_to(works)


def has_worked_since(portal: RunningPortal) -> Callable[[], bool]:
    """Return what tells whether the worker did a job after this moment."""
    now = dt.datetime.now(dt.UTC)
    return lambda: last_written(portal) > now


def last_written(portal: RunningPortal) -> dt.datetime:
    """Return when a worker last did the heartbeat's job."""
    with portal.postgres.connect("portal") as connection:
        row = connection.execute("SELECT written_at FROM portal_heartbeat").fetchone()
    assert row is not None
    assert isinstance(row[0], dt.datetime)
    return row[0]
