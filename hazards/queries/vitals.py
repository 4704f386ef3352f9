"""
How the clock and its messages are: for the operator's page, the metrics and /healthz.
Nothing is counted beyond `COUNTED_UP_TO` and all is found by an index, so that looking
costs the same however much there is.
"""

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet, Sum

from accounts.models import Channel, Delivery, DeliveryState
from hazards.models import (
    ClockFault,
    Drift,
    Obligation,
    ObligationKind,
    Opening,
    ReminderLine,
    Scan,
    SelfCheck,
)
from hazards.rules.deadlines import SHANGHAI

COUNTED_UP_TO = 10_000
"""Where counting ends: this number means that there are at least so many."""

RUNS_LOOKED_AT = 5000
"""The latest runs among which those of the last day are looked for."""

CUT_SHORT_AFTER = dt.timedelta(minutes=70)
"""A run that took longer than a job may take will not finish any more."""

HEADS = re.compile(r"heads-(\d{4}-\d\d-\d\d)\.jsonl")


@dataclass(frozen=True)
class Vitals:
    """Counts end at `COUNTED_UP_TO`; None = there is none."""

    last_run: Scan | None
    moved_in_a_day: int
    cut_short: int
    unmoved: int
    unmoved_since: dt.datetime | None
    lines_waiting: int
    lines_parked: int
    faults: int
    deliveries_waiting: int
    deliveries_since: dt.datetime | None
    deliveries_given_up: int
    last_self_check: SelfCheck | None
    drifts: int
    heads_missing_days: int | None


def vitals(*, at: dt.datetime) -> Vitals:
    """Read how things are at the instant; a dozen statements by an index each."""
    latest = list(Scan.objects.order_by("-id")[:RUNS_LOOKED_AT])
    of_a_day = [run for run in latest if run.started_at > at - dt.timedelta(days=1)]
    unmoved, unmoved_since = overdue(at=at)
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING)
    given_up = Delivery.objects.filter(state=DeliveryState.PARKED)
    checks = last_self_checks()
    return Vitals(
        last_run=next((run for run in latest if run.finished_at), None),
        moved_in_a_day=sum(run.moved for run in of_a_day),
        cut_short=sum(is_cut_short(run, at=at) for run in latest),
        unmoved=unmoved,
        unmoved_since=unmoved_since,
        lines_waiting=_some(
            ReminderLine.objects.filter(
                notice=None, parked_in=None, dropped_at__isnull=True
            )
        ),
        lines_parked=parked_runs().aggregate(lines=Sum("parked"))["lines"] or 0,
        faults=_some(ClockFault.objects.all()),
        deliveries_waiting=_some(waiting),
        deliveries_since=_waiting_longest(waiting),
        deliveries_given_up=_some(given_up),
        last_self_check=checks[0] if checks else None,
        drifts=sum(check.drifts for check in checks),
        heads_missing_days=heads_missing_days(
            on=at.astimezone(SHANGHAI).date(), folder=settings.HEADS_DIR
        ),
    )


def heartbeat() -> dt.datetime | None:
    """When beat sent the last sign of life that a worker wrote down."""
    # The portal's own table, above this app: known here by its name only.
    rows = apps.get_model("portal", "Heartbeat").objects.filter(pk=1)
    return rows.values_list("sent_at", flat=True).first()


def latest_runs(*, count: int) -> list[Scan]:
    """Return the latest runs that did anything, or that did not finish."""
    rows = Scan.objects.order_by("-id")[:RUNS_LOOKED_AT]
    return [run for run in rows if not run.finished_at or _did_anything(run)][:count]


def is_cut_short(run: Scan, *, at: dt.datetime) -> bool:
    """Whether the run will not finish any more."""
    return run.finished_at is None and run.started_at < at - CUT_SHORT_AFTER


def parked_runs() -> QuerySet[Scan]:
    """The runs of which reminders wait for an operator, oldest first."""
    return Scan.objects.filter(parked__gt=0, released=None).order_by("id")


def latest_openings(*, count: int) -> list[Opening]:
    """Return the periods opened last."""
    return list(Opening.objects.order_by("-id")[:count])


def last_self_checks() -> list[SelfCheck]:
    """Return the walks of the last night on which there was any."""
    last = SelfCheck.objects.order_by("-id").first()
    if last is None:
        return []
    return list(SelfCheck.objects.filter(day=last.day).order_by("number"))


def drift_by_kind(checks: list[SelfCheck]) -> list[tuple[str, int]]:
    """Return what these walks found, by what it is of, most first."""
    found = Drift.objects.filter(check_run__in=checks).values_list("what", flat=True)
    return Counter(found).most_common()


def overdue(*, at: dt.datetime) -> tuple[int, dt.datetime | None]:
    """
    How many duties are due and not moved (up to `COUNTED_UP_TO`), and since when the
    oldest is: since it was due, or since it was opened after that.
    """
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE, {"at": at, "most": COUNTED_UP_TO})
        return cursor.fetchone() or (0, None)


def waits_by_kind(*, at: dt.datetime) -> list[tuple[str, int]]:
    """How many duties of each kind are due and not moved, up to `COUNTED_UP_TO`."""
    late = Obligation.objects.filter(state="not_due", due_at__lt=at)
    found = Counter(late.values_list("kind", flat=True)[:COUNTED_UP_TO])
    return [(str(ObligationKind(kind).label), count) for kind, count in found.items()]


def heads_missing_days(*, on: dt.date, folder: str) -> int | None:
    """
    Since how many days no file of chain heads was written; today's may still come. None
    where none are written at all (HEADS_DIR is empty) or none ever was.
    """
    if not folder or not Path(folder).is_dir():
        return None
    written = (HEADS.fullmatch(path.name) for path in Path(folder).iterdir())
    days = [dt.date.fromisoformat(found[1]) for found in written if found]
    return (on - max(days)).days if days else None


def _some(rows: QuerySet) -> int:  # type: ignore[type-arg]
    return rows[:COUNTED_UP_TO].count()


def _did_anything(run: Scan) -> bool:
    done = (run.opened, run.moved, run.flags_raised, run.flags_settled)
    return any((*done, run.reminders, run.notices, run.parked, run.faults))


def _waiting_longest(waiting: QuerySet[Delivery]) -> dt.datetime | None:
    """When the notice was written whose turn came first and that still waits."""
    firsts = (
        waiting.filter(channel=channel)
        .order_by("next_try_at", "id")
        .values_list("notice__at", flat=True)
        .first()
        for channel in Channel
    )
    return min((first for first in firsts if first), default=None)


OVERDUE = """
    SELECT count(*), min(greatest(due_at, opened_at)) FROM (
        SELECT o.due_at, o.opened_at FROM hazards_obligation o
        WHERE o.state = 'not_due' AND o.due_at < %(at)s AND NOT EXISTS (
            SELECT FROM hazards_clockfault fault
            WHERE fault.enterprise_id = o.enterprise_id
                AND fault.step IN ('move', 'follow')
        )
        ORDER BY o.due_at LIMIT %(most)s
    ) late
"""
"""
Duties that the clock should have moved; those set aside by a fault are told as such.
"""
