"""
What became of a delivery, written down right after it came about.

That a letter was accepted is committed without waiting for the disk: a killed worker
loses nothing of it, as PostgreSQL has it already. A crash of PostgreSQL may lose the
marks of its last half second, so the worker, which is still there, writes the marks of
its batch again; the last mark of a batch waits for the disk, and with it for those
before. Only if both go down at once may what was accepted in that half second be
repeated.
"""

import datetime as dt
import logging
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final

import psycopg
from django.db import DatabaseError, OperationalError, connection
from django.db.models import F, QuerySet

from accounts.channels.letter import FailedError, NeverError, UnclearError
from accounts.models import Delivery, DeliveryState, Trouble

log = logging.getLogger(__name__)

TRIES: Final = 8
MINUTE: Final = dt.timedelta(minutes=1)
_PATIENCE: Final = 60.0
"""Seconds for which a worker waits for a PostgreSQL that is being restarted."""

_GONE: Final = (psycopg.OperationalError, psycopg.InterfaceError, OperationalError)

_SENT: Final = """
    UPDATE accounts_delivery
    SET state = 'sent', sent_at = %s, claimed_until = NULL, trouble = '', error = ''
    WHERE id = %s
"""
# The setting ends with the statement, which is its own transaction.
_SENT_SOON: Final = f"{_SENT} AND set_config('synchronous_commit', 'off', true) <> ''"


def claimed(deliveries: Sequence[Delivery], *, until: dt.datetime) -> None:
    """Keep others from taking deliveries, within the transaction that found them."""
    maybe = [each.pk for each in deliveries if each.maybe_sent]
    _all(deliveries).update(claimed_until=until, attempts=F("attempts") + 1)
    if maybe:
        Delivery.objects.filter(pk__in=maybe).update(maybe_sent=True)


class SentMarks:
    """
    The marks of what a batch's letters came to when they were accepted. Each is on its
    way to PostgreSQL before the next letter is begun, and is executed while that one is
    handed over. Before anything else is asked of the database, `settle`.
    """

    def __init__(self, *, at: dt.datetime) -> None:
        self._at = at
        self.accepted: list[int] = []
        self._under_way: tuple[psycopg.Pipeline, psycopg.Cursor] | None = None
        self._open = ExitStack()

    def add(self, delivery: Delivery, *, lasting: bool) -> None:
        """
        Mark a delivery as sent. `lasting` has this mark, and with it every one before,
        on the disk when it is settled.
        """
        self.accepted.append(delivery.pk)
        try:
            pipeline, cursor = self._under_way or self._begin()
            statement = _SENT if lasting else _SENT_SOON
            cursor.execute(statement, [self._at, delivery.pk])
            pipeline.sync()
        except _GONE:
            self._mark_again()

    def settle(self) -> None:
        """Wait until PostgreSQL has executed every mark."""
        if self._under_way is None:
            return
        self._under_way = None
        try:
            self._open.close()
        except _GONE:
            self._mark_again()

    def _begin(self) -> tuple[psycopg.Pipeline, psycopg.Cursor]:
        connection.ensure_connection()
        server = connection.connection
        # Prepared by the first and kept with the connection; Django's own cursors
        # prepare nothing.
        server.prepare_threshold = 0
        pipeline = self._open.enter_context(server.pipeline())
        self._under_way = pipeline, psycopg.Cursor(server)
        return self._under_way

    def _mark_again(self) -> None:
        """PostgreSQL went away: wait for it, and write all marks of the batch anew."""
        self._under_way, self._open = None, ExitStack()
        over = time.monotonic() + _PATIENCE
        while True:
            connection.close()
            try:
                Delivery.objects.filter(pk__in=self.accepted).update(
                    state=DeliveryState.SENT,
                    sent_at=self._at,
                    claimed_until=None,
                    trouble="",
                    error="",
                )
            except DatabaseError:
                if time.monotonic() > over:
                    raise
                time.sleep(0.5)
            else:
                return


def failed(delivery: Delivery, error: FailedError, *, at: dt.datetime) -> None:
    """
    Put a delivery off by 1, 2, 4 … minutes, or give it up: at the eighth try, at once
    if it is refused for good, or if it may have arrived for the second time.
    """
    unclear = isinstance(error, UnclearError)
    parked = (
        isinstance(error, NeverError)
        or (unclear and delivery.maybe_sent)
        or delivery.attempts >= TRIES
    )
    # Never the exception: what it was made from may hold an address.
    log.warning(
        "delivery %s failed, try %s: %s",
        delivery.pk,
        delivery.attempts,
        error.trouble.value,
    )
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.PARKED if parked else DeliveryState.WAITING,
        next_try_at=at + MINUTE * 2 ** (delivery.attempts - 1),
        claimed_until=None,
        maybe_sent=delivery.maybe_sent or unclear,
        trouble=error.trouble,
        error=str(error)[:300],
    )


def give_up(deliveries: Sequence[Delivery], trouble: Trouble) -> None:
    """Park deliveries that nobody needs any more."""
    if deliveries:
        _all(deliveries).update(
            state=DeliveryState.PARKED,
            claimed_until=None,
            trouble=trouble,
            error=trouble.value,
        )


def put_off(
    deliveries: Sequence[Delivery], error: FailedError, *, at: dt.datetime
) -> None:
    """
    Let deliveries wait for a minute because nobody is there to take any: that uses up
    none of their tries, however long it lasts.
    """
    log.warning("%s deliveries wait: %s", len(deliveries), error)
    _all(deliveries).update(
        attempts=F("attempts") - 1,
        next_try_at=at + MINUTE,
        claimed_until=None,
        trouble=error.trouble,
        error=str(error)[:300],
    )


def release(deliveries: Sequence[Delivery]) -> None:
    """Give back what was claimed and not tried, as the run's time is over."""
    _all(deliveries).update(attempts=F("attempts") - 1, claimed_until=None)


def _all(deliveries: Sequence[Delivery]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk__in=[each.pk for each in deliveries])
