"""Jobs: each reads the clock, asks services, and may run twice without harm."""

from celery import shared_task
from django.utils import timezone

from accounts.services import attempts, deliveries, sign_in
from hazards.services import copies, heads, tallies, unused_files


@shared_task
def deliver_notices(**_: object) -> None:
    """Send a batch of the mails that wait."""
    deliveries.deliver_waiting(at=timezone.now())


@shared_task
def keep_copies(**_: object) -> None:
    """Make the copies of record that nobody has asked for yet."""
    copies.keep_waiting(clock=timezone.now)


@shared_task
def sweep(**_: object) -> None:
    """Delete what nobody needs any more: wrong tries, ended sessions, unused files."""
    at = timezone.now()
    attempts.forget_old(at=at)
    sign_in.forget_expired_sessions(at=at)
    unused_files.remove_unused(at=at)


@shared_task(time_limit=60 * 60)
def export_heads(**_: object) -> None:
    """Write today's signed file of chain heads, unless it is written."""
    heads.export(at=timezone.now())


@shared_task
def fold_tallies(**_: object) -> None:
    """Keep the counts of reports short to sum."""
    tallies.fold()
