"""Jobs: each reads the clock, asks services, and may run twice without harm."""

import datetime as dt

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts.services import attempts, deliveries, sign_in
from hazards.queries.clock import database_now, has_come
from hazards.services import copies, heads, scans, self_check, tallies, unused_files

DELIVER_FOR = 20.0
"""Seconds after which a run leaves the rest to the next, and the worker to others."""


@shared_task
def deliver_notices(*, mails: bool = True, **_: object) -> None:
    """Send the mails that wait, or what waits for robots, webhooks and telephones."""
    deliveries.drain(
        channels=deliveries.MAILED if mails else deliveries.POSTED,
        clock=timezone.now,
        seconds=DELIVER_FOR,
    )


@shared_task
def scan(*, at: str | None = None, **_: object) -> None:
    """
    Do what has come due, the bureaus shared out among the workers.

    :param at: ISO 8601 with offset; none = now, by the database's clock
    """
    instant = dt.datetime.fromisoformat(at) if at else database_now()
    if not has_come(instant) or not scans.is_due(at=instant):
        return
    scans.prepare(at=instant)
    park = scans.too_many_late(at=instant)
    for number in range(1, settings.SCAN_SHARES + 1):
        scan_share.apply_async(
            kwargs={
                "at": instant.isoformat(),
                "number": number,
                "of": settings.SCAN_SHARES,
                "park": park,
            },
            # Not started by then, or handed out again (a worker killed, a share longer
            # than the broker waits): the next scan sends another.
            expires=settings.SCAN_EXPIRES,
        )


@shared_task(time_limit=60 * 60)
def scan_share(*, at: str, number: int, of: int, park: bool, **_: object) -> None:
    """
    Do what has come due in one share of the bureaus. A share that another worker is at,
    and an instant that the database's clock has not reached (it was set back), are left
    to a later run.

    :param at: ISO 8601 with offset
    """
    instant = dt.datetime.fromisoformat(at)
    if not has_come(instant):
        return
    with scans.alone(number, of) as is_mine:
        if is_mine:
            scans.run_share(at=instant, number=number, of=of, park=park)


@shared_task
def check_duties(**_: object) -> None:
    """Begin tonight's self-check, or go on with it where it was cut short."""
    at = database_now()
    self_check.prepare(at=at)
    for run in self_check.begin(at=at, of=settings.SCAN_SHARES):
        check_duties_slice.delay(run_id=run.pk)


@shared_task
def check_duties_slice(*, run_id: int, **_: object) -> None:
    """Go on with a share of the self-check; each slice sends for the next."""
    if self_check.check_slice(run_id=run_id, at=database_now()):
        check_duties_slice.delay(run_id=run_id)


@shared_task
def keep_copies(**_: object) -> None:
    """Make the copies of record that nobody has asked for yet."""
    copies.keep_waiting(clock=timezone.now)


@shared_task
def sweep(**_: object) -> None:
    """
    Delete what nobody needs any more: wrong tries, ended sessions, unused files, runs
    of the clock that found nothing to do.
    """
    at = timezone.now()
    attempts.forget_old(at=at)
    sign_in.forget_expired_sessions(at=at)
    unused_files.remove_unused(at=at)
    scans.forget_idle(at=at)


@shared_task(time_limit=60 * 60)
def export_heads(**_: object) -> None:
    """Write today's signed file of chain heads, unless it is written."""
    heads.export(at=timezone.now())


@shared_task
def fold_tallies(**_: object) -> None:
    """Keep the counts of reports short to sum."""
    tallies.fold()
