"""Counting tries before the secret is looked at, in one statement of PostgreSQL."""

import datetime as dt

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from accounts.models import Attempt

Value = str | int | dt.datetime

# Wrong tries at a signature are forgotten after this time without a try.
SIGNING_FORGOTTEN_AFTER = dt.timedelta(hours=1)
LONGEST_WAIT_SECONDS = 60
# Longer than any lock, any wait, and any half minute of a one-time code.
_KEPT_FOR = dt.timedelta(days=1)

# `last_at` is the last try that was looked at: refused ones do not lengthen a lock.
_COUNT_TO_LIMIT = """
    INSERT INTO accounts_attempt AS a (key, since, last_at, count)
    VALUES (%(key)s, %(at)s, %(at)s, 1)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN a.last_at <= %(forgotten)s THEN 1
                     ELSE LEAST(a.count + 1, %(limit)s + 1) END,
        since = CASE WHEN a.last_at <= %(forgotten)s THEN EXCLUDED.since
                     ELSE a.since END,
        last_at = CASE WHEN a.last_at <= %(forgotten)s OR a.count < %(limit)s
                       THEN EXCLUDED.last_at ELSE a.last_at END
    RETURNING count, last_at
"""
# From the third wrong try: 2, 4, 8 … seconds. No row comes back from who is too soon.
_WAIT = """
    make_interval(secs => LEAST(power(2, a.count - 2), %(longest)s))
"""
_COUNT_SLOWING = f"""
    INSERT INTO accounts_attempt AS a (key, since, last_at, count)
    VALUES (%(key)s, %(at)s, %(at)s, 1)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN a.last_at <= %(forgotten)s THEN 1
                     ELSE LEAST(a.count + 1, 1000) END,
        since = CASE WHEN a.last_at <= %(forgotten)s THEN EXCLUDED.since
                     ELSE a.since END,
        last_at = GREATEST(a.last_at, EXCLUDED.last_at)
        -- Of two presses at once the later may be counted first: nobody waits yet.
        WHERE a.count < 3 OR a.last_at + {_WAIT} <= %(at)s
    RETURNING count
"""  # noqa: S608 (our own words)
_UNTIL = f"""
    SELECT a.last_at + {_WAIT} FROM accounts_attempt a WHERE key = %(key)s
"""  # noqa: S608 (our own words)


def key_for(purpose: str, text: str) -> str:
    """Return the key under which tries are counted; it does not show the text."""
    return salted_hmac(
        f"accounts.Attempt.{purpose}", text, algorithm="sha256"
    ).hexdigest()


def count_to_limit(
    *, key: str, limit: int, lock: dt.timedelta, at: dt.datetime
) -> dt.datetime | None:
    """
    Count a try; return None if it may be looked at, else when the lock ends.

    Committed on return whatever happens later in the request.

    :raises RuntimeError: if called inside a transaction, which could take it back
    """
    values: dict[str, Value] = {
        "key": key,
        "at": at,
        "limit": limit,
        "forgotten": at - lock,
    }
    # Durable: refused inside another transaction, so never rolled back.
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_COUNT_TO_LIMIT, values)
        count, last_at = cursor.fetchone()
    return None if count <= limit else last_at + lock


def count_slowing(*, key: str, at: dt.datetime) -> dt.datetime | None:
    """
    Count a try; return None if it may be looked at, else the first moment for the
    next one. Never a lock-out: the wait is at most a minute.

    :raises RuntimeError: if called inside a transaction, which could take it back
    """
    values: dict[str, Value] = {
        "key": key,
        "at": at,
        "forgotten": at - SIGNING_FORGOTTEN_AFTER,
        "longest": LONGEST_WAIT_SECONDS,
    }
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_COUNT_SLOWING, values)
        if cursor.fetchone():
            return None
        cursor.execute(_UNTIL, values)
        row = cursor.fetchone()
    return row[0] if row else at


def use_once(*, key: str, at: dt.datetime) -> bool:
    """Mark a one-time code as used; False if it was used before."""
    _, first = Attempt.objects.get_or_create(
        key=key, defaults={"since": at, "last_at": at, "count": 1}
    )
    return first


def forget(*keys: str) -> None:
    """Begin anew after a right try."""
    Attempt.objects.filter(key__in=keys).delete()


def forget_old(*, at: dt.datetime) -> int:
    """Delete what was last tried over a day ago, as it no longer counts; how many."""
    return Attempt.objects.filter(last_at__lt=at - _KEPT_FOR).delete()[0]
