"""A portal of real processes with a world of its own, that tests break on purpose."""

import datetime as dt
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import dj_database_url
import psycopg
import pytest
import redis
from celery import Celery
from django.db import connection, connections
from django.test import override_settings
from psycopg import sql
from pytest_django import DjangoDbBlocker

from hazards.models import Scan
from hazards.queries.clock import database_now
from hazards.services import scans
from portal.stack import processes
from portal.stack.postgres import APPLICATION, DATABASE, OWNER
from portal.stack.state import ROOT
from portal.stack.supervisor import Part
from tests.faults.world import LATER, Rows, make_world, state_of_clock
from tests.portal.conftest import RunningPortal, new_portal

WORLD = "world"
SENDS_ALL = "1000000"
"""Late reminders that a run may send: here all of them."""


class BreakablePortal:
    """A portal with hundreds of enterprises; each test begins with them as made."""

    def __init__(self, portal: RunningPortal) -> None:
        self.portal = portal
        self.broker = Celery(broker=f"redis+socket://{portal_socket(portal)}")
        self._copy(DATABASE, WORLD)
        self.renew()
        scans.scan(at=LATER)
        self.expected = state_of_clock()
        self.renew()
        self.now = database_now()
        scans.scan(at=self.now)
        self.expected_now = state_of_clock()
        self.renew()

    def _copy(self, source: str, target: str) -> None:
        connection.close()
        with self.portal.postgres.connect() as superuser:
            superuser.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                    sql.Identifier(target)
                )
            )
            superuser.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                    *map(sql.Identifier, (target, source, OWNER))
                )
            )

    def renew(self) -> None:
        """Put the world back as it was made, and empty the broker."""
        self.empty_broker()
        self._copy(WORLD, DATABASE)

    def empty_broker(self) -> None:
        """Let the broker forget all it holds."""
        with redis.Redis(unix_socket_path=portal_socket(self.portal)) as client:
            client.flushall()

    def has_done_all(self) -> bool:
        """Whether no job waits, and none is under way."""
        with redis.Redis(unix_socket_path=portal_socket(self.portal)) as client:
            return not client.llen("celery") and not client.hlen("unacked")

    def send(self, task: str, **said: Any) -> None:
        """Send a job as the portal does."""
        self.broker.send_task(f"hazards.tasks.{task}", kwargs=said)

    def scan(self, at: dt.datetime = LATER) -> None:
        """Send what beat sends."""
        self.send("scan", at=at.isoformat())

    def superuser(self) -> psycopg.Connection:
        """Connect past all rights; each statement commits."""
        return self.portal.postgres.connect(DATABASE)

    def runs(self) -> int:
        """Count the runs of shares that went through."""
        return Scan.objects.filter(finished_at__isnull=False).count()

    def comes_to(self, is_so: Callable[[], bool]) -> bool:
        """Wait for something to become so, starting again what ended by itself."""
        return self.portal.comes_to(is_so)

    def comes_to_state(self, expected: Rows) -> None:
        """Wait for the clock's state; the first difference is shown if it never is."""
        if not self.comes_to(lambda: state_of_clock() == expected):
            state = state_of_clock()
            for name, rows in expected.items():
                assert state[name] == rows

    def are_gone(self, backends: set[int]) -> bool:
        """Whether these processes of the server have ended."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT FROM pg_stat_activity WHERE pid = ANY(%s)", [list(backends)]
            )
            return bool(cursor.rowcount == 0)

    def children(self) -> list[int]:
        """Return the processes in which the worker does its jobs."""
        pid = self.portal.process("worker").pid
        path = Path(f"/proc/{pid}/task/{pid}/children")
        return [int(child) for child in path.read_text().split()]

    def kill_children(self) -> None:
        """Kill -9 those in the middle of a job; the worker itself lives on."""
        for pid in self.children():
            os.kill(pid, signal.SIGKILL)

    def add(self, name: str, command: Sequence[str]) -> None:
        """Start one more process, tended like the others."""
        log = self.portal.state.logs / f"{name}.log"
        self.portal.parts[name] = Part(
            name,
            log,
            lambda: processes.start(
                command, env=self.portal.environment, log=log, cwd=ROOT
            ),
            stop_by=signal.SIGKILL,
        )
        self.portal.start(name)

    @contextmanager
    def held(self, statement: str) -> Iterator["Held"]:
        """Hold what the statement locks, for the length of the block."""
        # The server may have been killed meanwhile, and the lock with it.
        with suppress(psycopg.OperationalError), self.superuser() as superuser:
            superuser.execute("BEGIN")
            superuser.execute(statement.encode())
            with self.superuser() as watcher:
                yield Held(watcher)
            superuser.execute("ROLLBACK")


class Held:
    """A lock that is held, before which whoever comes has to wait."""

    def __init__(self, watcher: psycopg.Connection) -> None:
        self.watcher = watcher

    def waiting(self) -> set[int]:
        """Return the server's processes that wait before it or behind one another."""
        rows = self.watcher.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pg_blocking_pids(pid) <> '{}'"
        ).fetchall()
        return {pid for (pid,) in rows}


def portal_socket(portal: RunningPortal) -> str:
    """Return where the broker listens."""
    return portal.environment["REDIS_URL"].removeprefix("unix://")


@pytest.fixture(scope="module")
def _breakable(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[BreakablePortal]:
    quick = {"SCAN_SECONDS": "1", "LATE_REMINDERS_A_RUN": SENDS_ALL}
    with (
        new_portal(**quick) as portal,
        django_db_blocker.unblock(),
        connected_to(portal.postgres.url(APPLICATION)),
        override_settings(LATE_REMINDERS_A_RUN=int(SENDS_ALL)),
    ):
        make_world(offices=2, each=30)
        with portal.postgres.connect(DATABASE) as superuser:
            superuser.execute("ANALYZE")
        yield BreakablePortal(portal)


@contextmanager
def connected_to(url: str) -> Iterator[None]:
    """Let this process's own Django speak to another database."""
    ours = connections.settings["default"]
    before = dict(ours)
    connections.close_all()
    ours.update(dj_database_url.parse(url), ENGINE="django.db.backends.postgresql")
    try:
        yield
    finally:
        connections.close_all()
        ours.clear()
        ours.update(before)


@pytest.fixture
def breakable(_breakable: BreakablePortal) -> Iterator[BreakablePortal]:
    """Return the portal with its servers, as made; nothing else runs yet."""
    portal = _breakable.portal
    for name in ("PostgreSQL", "Valkey"):
        if portal.parts[name].process is None:
            portal.start(name)
    _breakable.renew()
    yield _breakable
    for name in set(portal.parts) - {"PostgreSQL", "Valkey"}:
        if portal.parts[name].process is not None:
            portal.kill(name)
