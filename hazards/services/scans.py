"""
A run of the clock: what has begun is opened, what has changed is followed, what has
come due is moved, people are reminded. Meant to run every minute; a missed night is
caught up by the next run, a second one at once or later adds nothing.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Acting, Bureau, EnterpriseChange, Role
from accounts.permissions import RefusedError
from accounts.queries.memberships import holders
from accounts.services import events, notices
from hazards import permissions
from hazards.models import ClockFault, ReminderLine, Scan
from hazards.queries.clock import database_now, is_anything_due
from hazards.rules.deadlines import SHANGHAI
from hazards.services import (
    bureau_changes,
    clock,
    digests,
    dues,
    hazard_reminding,
    openings,
    poison,
    reminding,
    unreachable,
    unreported,
)
from hazards.services.clock import Bureaus, Done

IDLE_KEPT = dt.timedelta(days=7)
"""How long a run is kept that found nothing to do."""

CHANGES_A_BATCH = 2000
"""Entries of the queue that are taken in one transaction."""


def scan(*, at: dt.datetime) -> list[Scan]:
    """Do everything that is due as of the instant, in this process."""
    run = _begun(at=at, share="1/1")
    done = _before_shares(at=at)
    return [_shared(run, done, park=too_many_late(at=at))]


def prepare(*, at: dt.datetime) -> Scan | None:
    """
    Do what comes before the shares: open periods, take what changed. A run of its own,
    named "0", if there was anything to do.
    """
    started_at = database_now()
    done = _before_shares(at=at)
    if done == Done():
        return None
    run = Scan.objects.create(at=at, share="0", started_at=started_at)
    return _finished(run, done)


def _before_shares(*, at: dt.datetime) -> Done:
    poison.forget_overtaken(at=at)
    bureau_changes.take_back_readable(at=at)
    done = Done(opened=openings.open_periods(at=at))
    while (taken := take_changes(at=at)) is not None:
        done += taken
    return done


def is_due(*, at: dt.datetime) -> bool:
    """Whether a run as of the instant would find anything to do."""
    return is_anything_due(at=at)


def too_many_late(*, at: dt.datetime) -> bool:
    """
    Whether more reminders are late than a run may send unasked (promise R11). What a
    run that was cut short left is parked with what it had parked.
    """
    return (
        _undecided().filter(finished_at__isnull=True).exists()
        or reminding.late_steps(at=at) > settings.LATE_REMINDERS_A_RUN
    )


def _undecided() -> QuerySet[Scan]:
    """Runs that parked reminders on which nobody has decided."""
    return Scan.objects.filter(parked__gt=0, released__isnull=True)


def run_share(*, at: dt.datetime, number: int, of: int, park: bool) -> Scan:
    """Do what is due in one share of the bureaus, as of the instant."""
    bureaus = None if of == 1 else _share(number, of)
    run = _begun(at=at, share=f"{number}/{of}")
    return _shared(run, Done(), park=park, bureaus=bureaus)


@contextmanager
def alone(number: int, of: int) -> Iterator[bool]:
    """
    Say whether nobody else is doing this share now. Two at once would do no harm; but
    the second would hold a worker for as long as the first takes, and others' jobs
    would wait. The lock ends with the connection.
    """
    key = f"scan {number}/{of}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [key])
        mine = cursor.fetchone() == (True,)
    try:
        yield mine
    finally:
        # Where the connection is lost, so is the lock.
        with suppress(OperationalError, InterfaceError):
            if mine:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [key])


def _begun(*, at: dt.datetime, share: str) -> Scan:
    return Scan.objects.create(at=at, share=share, started_at=database_now())


def _shared(run: Scan, done: Done, *, park: bool, bureaus: Bureaus = None) -> Scan:
    """Do what is due towards these bureaus, after what is done already."""
    at = run.at
    today = at.astimezone(SHANGHAI).date()
    done += clock.move_due(at=at, bureaus=bureaus)
    done += clock.look_again(at=at, bureaus=bureaus)
    done += Done(flags_raised=unreported.raise_flags(at=at, bureaus=bureaus))
    done += Done(flags_settled=unreachable.clear_flags(at=at, today=today))
    for remind in (reminding.remind, hazard_reminding.remind):
        done += remind(at=at, park_in=run.pk if park else None, bureaus=bureaus)
    done += digests.write_digests(at=at, bureaus=bureaus)
    return _finished(run, done)


def take_changes(*, at: dt.datetime) -> Done | None:
    """
    Take a batch from the queue of what changed and let the duties follow; None if the
    queue is empty.
    """
    today = at.astimezone(SHANGHAI).date()
    with transaction.atomic():
        # Nothing locked is skipped: whoever goes on to move what is due must find
        # followed what changed before.
        batch = list(
            EnterpriseChange.objects.select_for_update(of=("self",))
            .filter(from_on__lte=today)
            .exclude(enterprise__in=_set_aside(at))
            .order_by("from_on", "id")[:CHANGES_A_BATCH]
        )
        if not batch:
            return None
        enterprises = sorted({c.enterprise_id for c in batch if c.enterprise_id})
        changed = Bureau.objects.filter(pk__in={c.bureau_id for c in batch})
        below = Bureau.objects.none()
        for bureau in changed:
            below = below | Bureau.objects.at_or_below(bureau)
        if changed:
            dues.move_dues(below.distinct(), at=at)
            bureau_changes.queue_for_first_quarter(batch, at=at)
        done = clock.follow_each(enterprises, at=at, opens=True)
        dues.move_dues(
            Bureau.objects.filter(obligations__enterprise__in=enterprises).distinct(),
            at=at,
            enterprises=enterprises,
        )
        # Those that fail stay in the queue, for their next try.
        EnterpriseChange.objects.filter(pk__in=[c.pk for c in batch]).exclude(
            enterprise__in=_set_aside(at)
        ).delete()
    return done


def _set_aside(at: dt.datetime) -> QuerySet[ClockFault, int | None]:
    """Enterprises that cannot be followed for now."""
    return ClockFault.objects.filter(
        enterprise__isnull=False, step=poison.FOLLOW, next_try_at__gt=at
    ).values_list("enterprise_id", flat=True)


def forget_idle(*, at: dt.datetime) -> int:
    """Delete runs of over a week ago that did nothing; return how many."""
    idle = Scan.objects.filter(
        finished_at__lt=at - IDLE_KEPT, **asdict(Done()), faults=0
    )
    return idle.delete()[0]


def release(*, run_id: int, send: bool, by: Acting, at: dt.datetime) -> int:
    """
    Decide on the reminders that a run parked: send them, or drop them. The flags stand
    either way. Returns how many lines it was about.

    :raises NotPermittedError: if the person is no operator
    :raises RefusedError: if somebody decided before
    """
    permissions.may_watch_clock(by).require()
    with transaction.atomic():
        run = Scan.objects.select_for_update(of=("self",)).get(pk=run_id)
        if run.released is not None:
            raise RefusedError(_("Somebody has decided on these reminders already."))
        run.released, run.settled_at, run.settled_by = send, at, by.membership
        run.save(update_fields=["released", "settled_at", "settled_by"])
        lines = ReminderLine.objects.filter(parked_in=run)
        # Dropped lines stay parked: nobody is told, and why is on record.
        count = lines.update(parked_in=None) if send else lines.update(dropped_at=at)
        events.record(
            action="release-reminders" if send else "drop-reminders",
            subject=run,
            by=by,
            at=at,
            parameters={"lines": count},
        )
    return count


def _share(number: int, of: int) -> list[int]:
    """One of so many parts of the bureaus, those of one jurisdiction together."""
    ordered = list(Bureau.objects.order_by("path").values_list("pk", flat=True))
    size = -(-len(ordered) // of)
    return ordered[(number - 1) * size : number * size]


def _finished(run: Scan, done: Done) -> Scan:
    for name, count in asdict(done).items():
        setattr(run, name, count)
    run.faults = ClockFault.objects.count()
    run.finished_at = database_now()
    with transaction.atomic():
        run.save()
        # Also of what an earlier run of this share parked that was cut short.
        for parked in _undecided().filter(share=run.share):
            _tell_operators(parked, at=run.at)
    return run


def _tell_operators(run: Scan, *, at: dt.datetime) -> None:
    notices.tell(
        kind="reminders_parked",
        cause=f"run {run.pk}",
        recipients=holders(roles={Role.OPERATOR}, on=at.astimezone(SHANGHAI).date()),
        at=at,
        path=reverse("clock"),
        parameters={"lines": run.parked},
    )
