"""Acts on connections of their own, at the same time, without sleeping."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction
from django.utils import translation

DEADLINE = 30.0
"""Seconds after which a test that waits has failed."""


class Act:
    """An act under way in a thread of its own."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self.result: Future[Any] = Future()
        self.backend: Future[int] = Future()
        self._act = act
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            with translation.override("en"):
                connection.ensure_connection()
                self.backend.set_result(connection.connection.info.backend_pid)
                self.result.set_result(self._act())
        except BaseException as error:  # noqa: BLE001 (handed to whoever asks)
            self.result.set_exception(error)
        finally:
            connection.close()

    def finish(self) -> Any:
        """Return what the act returned, or raise what it raised."""
        self._thread.join(DEADLINE)
        return self.result.result(timeout=0)

    def error(self) -> BaseException | None:
        """Return what the act raised, once it has ended."""
        self._thread.join(DEADLINE)
        return self.result.exception(timeout=0)

    def wait_until_it_waits(self, watcher: psycopg.Connection) -> None:
        """Return once the act stands before another's lock."""
        pid = self.backend.result(timeout=DEADLINE)
        until = time.monotonic() + DEADLINE
        while time.monotonic() < until:
            rows = watcher.execute("SELECT pg_blocking_pids(%s)", [pid]).fetchone()
            if rows and rows[0]:
                return
            assert not self.result.done(), f"it did not wait: {self.result}"
        msg = "it did not wait in time"
        raise AssertionError(msg)


@contextmanager
def not_yet_committed(act: Callable[[], Any]) -> Iterator[None]:
    """Do the act and hold its transaction open for the length of the block."""
    with transaction.atomic():
        act()
        yield


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all at one signal; return each one's result or error."""
    barrier = threading.Barrier(len(acts))

    def together(act: Callable[[], Any]) -> Any:
        barrier.wait(DEADLINE)
        return act()

    begun = [Act(lambda act=act: together(act)) for act in acts]  # type: ignore[misc]
    return [each.error() or each.finish() for each in begun]
