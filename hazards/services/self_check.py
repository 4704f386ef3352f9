"""
The nightly self-check: every enterprise's duties, flags and hazards beside what the
pure rules say of the same record (promise R14). It goes in slices, each short enough
for a job; a walk cut short is taken up where it was.

What differs is written down first, with both values, and then made to follow the
record: the rule is what a determination will ask, and somebody reminded of a duty that
the record has met, or not flagged for one it has not, is wronged every day until then.
Above a limit nothing is made to follow: so many at once mean that a rule changed or
something is wrong with it, which a person must see first. Of a hazard only its
reminders are made to follow: how its columns came to differ from its acts, a person
finds out.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts.models import Bureau, Enterprise, Role
from accounts.queries.memberships import holders
from accounts.services import notices
from hazards.models import Drift, SelfCheck
from hazards.queries import drift_of_lives
from hazards.queries.drift import Difference, differences
from hazards.rules.deadlines import SHANGHAI
from hazards.services import clock, dues, lives, unreported

ENTERPRISES_A_BATCH = 200
BATCHES_A_SLICE = 50
FOLLOWED_A_NIGHT = 1000
"""Differences of one share that are followed unasked, and of which rows are kept."""


def check(*, at: dt.datetime) -> list[SelfCheck]:
    """Walk over all enterprises in this process."""
    prepare(at=at)
    (run,) = begin(at=at, of=1)
    while check_slice(run_id=run.pk, at=at):
        pass
    run.refresh_from_db()
    return [run]


def prepare(*, at: dt.datetime) -> int:
    """
    Move later what is due later by now at any bureau: a newer list of public holidays
    comes with the program and leaves no entry in a queue. Returns how many.
    """
    return dues.move_dues(Bureau.objects.all(), at=at)


def begin(*, at: dt.datetime, of: int) -> list[SelfCheck]:
    """Today's walks over the shares, begun unless they are; those not finished."""
    day = at.astimezone(SHANGHAI).date()
    SelfCheck.objects.bulk_create(
        [
            SelfCheck(day=day, number=number, of=of, started_at=at)
            for number in range(of)
        ],
        ignore_conflicts=True,
    )
    return list(SelfCheck.objects.filter(day=day, of=of, finished_at__isnull=True))


def check_slice(*, run_id: int, at: dt.datetime) -> bool:
    """Go on with a walk for a while; tell whether more is to come."""
    return all(_check_batch(run_id, at=at) for _ in range(BATCHES_A_SLICE))


def _check_batch(run_id: int, *, at: dt.datetime) -> bool:
    """One batch, in one transaction with how far the walk is."""
    with transaction.atomic():
        run = (
            SelfCheck.objects.select_for_update(skip_locked=True)
            .filter(pk=run_id, finished_at__isnull=True)
            .first()
        )
        if run is None:
            # It is finished, or another worker is at it.
            return False
        enterprises = list(
            Enterprise.objects.annotate(rest=F("pk") % run.of)
            .filter(pk__gt=run.after, rest=run.number)
            .order_by("pk")
            .values_list("pk", flat=True)[:ENTERPRISES_A_BATCH]
        )
        if not enterprises:
            run.finished_at = at
            run.save(update_fields=["finished_at"])
            if run.drifts:
                _tell_operators(run, at=at)
            return False
        of_lives = drift_of_lives.differences(enterprises, at=at)
        _note(run, [*differences(enterprises, at=at), *of_lives], at=at)
        run.checked += len(enterprises)
        run.after = enterprises[-1]
        run.save(update_fields=["checked", "after", "drifts", "followed"])
    return True


def _note(run: SelfCheck, found: Sequence[Difference], *, at: dt.datetime) -> None:
    """Write down what differs, then let it follow the record."""
    room = max(FOLLOWED_A_NIGHT - run.drifts, 0)
    run.drifts += len(found)
    is_followed = run.drifts <= FOLLOWED_A_NIGHT
    Drift.objects.bulk_create(
        [
            Drift(
                check_run=run,
                enterprise_id=difference.enterprise,
                obligation_id=difference.obligation,
                hazard_id=difference.hazard,
                what=difference.what,
                stored=difference.stored,
                expected=difference.expected,
                followed=is_followed and _can_follow(difference),
                at=at,
            )
            for difference in found[:room]
        ]
    )
    to_follow = [each for each in found if _can_follow(each)]
    if to_follow and is_followed:
        run.followed += len(to_follow)
        _follow(to_follow, at=at)


def _can_follow(difference: Difference) -> bool:
    return difference.hazard is None or difference.what == drift_of_lives.REMIND_AT


def _follow(found: Sequence[Difference], *, at: dt.datetime) -> None:
    hazards = sorted({each.hazard for each in found if each.hazard is not None})
    lives.remind_anew(hazards, at=at)
    enterprises = sorted({each.enterprise for each in found if each.hazard is None})
    clock.follow_each(enterprises, at=at, opens=True)
    for enterprise in enterprises:
        unreported.clear_flags(enterprise, at=at)


def _tell_operators(run: SelfCheck, *, at: dt.datetime) -> None:
    notices.tell(
        kind="drift_found",
        cause=f"self-check {run.pk}",
        recipients=holders(roles={Role.OPERATOR}, on=run.day),
        at=at,
        path=reverse("clock"),
        parameters={"drifts": run.drifts, "followed": run.followed},
    )
