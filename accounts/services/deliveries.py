"""Sending what waits in the outbox, by every channel."""

import datetime as dt
import logging
import time
from collections.abc import Callable, Collection, Sequence
from typing import Final

from django.db import DatabaseError, transaction
from django.db.models import Q

from accounts.channels.letter import AwayError, FailedError, Letter, NeverError
from accounts.channels.offered import Outlets
from accounts.models import OUTSIDE, Channel, Delivery, DeliveryState, Trouble
from accounts.services import delivery_marks as marks
from accounts.services import letters, standing

log = logging.getLogger(__name__)

MAILED: Final = frozenset({Channel.EMAIL})
POSTED: Final = frozenset(OUTSIDE)
"""Two runs, so that a receiver who lets the portal wait holds up no mail."""

# Longer than a batch can take: a run ends after its seconds and the letter under way,
# and the worker's own limit is 300 s.
CLAIMED_FOR = dt.timedelta(minutes=6)
BATCH: Final = 100


def drain(
    *, channels: Collection[Channel], clock: Callable[[], dt.datetime], seconds: float
) -> int:
    """
    Send what waits, batch after batch, until nothing does or the seconds are over;
    return how many were accepted.
    """
    over, sent = time.monotonic() + seconds, 0
    with Outlets() as outlets:
        while time.monotonic() < over:
            batch = _claim(channels, at=clock(), limit=BATCH)
            if not batch:
                break
            accepted, goes_on = _send_batch(outlets, batch, at=clock(), over=over)
            sent += accepted
            if not goes_on:
                break
    return sent


def deliver_waiting(
    *,
    at: dt.datetime,
    channels: Collection[Channel] = MAILED,
    limit: int = BATCH,
) -> int:
    """Send one batch; return how many were accepted."""
    batch = _claim(channels, at=at, limit=limit)
    if not batch:
        return 0
    with Outlets() as outlets:
        return _send_batch(outlets, batch, at=at, over=None)[0]


def _claim(
    channels: Collection[Channel], *, at: dt.datetime, limit: int
) -> Sequence[Delivery]:
    """
    Take the next deliveries in one short transaction. Where an earlier claim ran out,
    its worker was killed, and the first it had not marked may have gone out already.
    """
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=at)
    with transaction.atomic():
        batch = list(
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("notice", *(["via"] if channels != MAILED else []))
            .filter(
                free,
                channel__in=channels,
                state=DeliveryState.WAITING,
                next_try_at__lte=at,
            )
            .order_by("next_try_at", "id")[:limit]
        )
        ran_out: set[dt.datetime] = set()
        for each in batch:
            if each.claimed_until is not None and each.claimed_until not in ran_out:
                ran_out.add(each.claimed_until)
                each.maybe_sent = True
            each.attempts += 1
        if batch:
            marks.claimed(batch, until=at + CLAIMED_FOR)
    return batch


def _send_batch(
    outlets: Outlets, batch: Sequence[Delivery], *, at: dt.datetime, over: float | None
) -> tuple[int, bool]:
    """Send a batch; return how many were accepted, and whether to go on with more."""
    gone = standing.overtaken([each.notice for each in batch])
    overtaken = [each for each in batch if each.notice_id in gone]
    marks.give_up(overtaken, Trouble.OVERTAKEN)
    batch = [each for each in batch if each.notice_id not in gone]
    sent = marks.SentMarks(at=at)
    goes_on = True
    for number, delivery in enumerate(batch):
        if over is not None and time.monotonic() >= over:
            sent.settle()
            marks.release(batch[number:])
            goes_on = False
            break
        try:
            if _send_one(outlets, delivery, sent):
                sent.add(delivery, lasting=delivery is batch[-1])
        except AwayError as error:
            sent.settle()
            marks.put_off(batch[number:], error, at=at)
            goes_on = False
            break
        except FailedError as error:
            sent.settle()
            marks.failed(delivery, error, at=at)
    sent.settle()
    return len(sent.accepted), goes_on


def _send_one(outlets: Outlets, delivery: Delivery, sent: marks.SentMarks) -> bool:
    """
    Hand one over, unless it is not wanted any more; tell whether it went.

    :raises FailedError: if it was not accepted
    """
    if delivery.via_id is not None or standing.is_asked(delivery.notice):
        sent.settle()
    if delivery.via is not None and letters.is_ended(delivery.via):
        marks.give_up([delivery], Trouble.ENDED)
        return False
    letter = _written(delivery)
    if letter is None:
        marks.give_up([delivery], Trouble.OVERTAKEN)
        return False
    outlets.send(Channel(delivery.channel), letter)
    return True


def _written(delivery: Delivery) -> Letter | None:
    """
    Write a delivery's letter as it stands now; None if it was overtaken.

    :raises NeverError: if it cannot be written, which must not hold up the rest
    """
    try:
        text = standing.text_of(delivery.notice)
        return None if text is None else letters.written(delivery, text)
    except DatabaseError:
        raise
    except Exception as error:
        log.exception("delivery %s cannot be written", delivery.pk)
        raise NeverError(Trouble.FAULTY, type(error).__name__) from error
