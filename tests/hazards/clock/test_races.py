"""
Two acts at the due instant and about one step of reminding: each order is forced by the
lock on which the second waits, none is left to luck.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db.models import Count
from django.test import override_settings

from accounts.models import Delivery, Notice
from accounts.services import deliveries
from hazards import tasks
from hazards.models import (
    ComplianceFlag,
    FlagEvent,
    Reminder,
    ReminderLine,
    ReportStatus,
    SelfInspectionReport,
)
from hazards.services import clock, reminding, scans
from tests.factories_reports import Desks, make_desks, make_report, sign
from tests.hazards.clock.conftest import (
    DUE_AT,
    MICROSECOND,
    flags_of,
    of_quarter,
    run,
    shanghai,
)
from tests.hazards.records.together import Act, not_yet_committed

pytestmark = pytest.mark.django_db(transaction=True)

OPENED = shanghai("2026-04-16 00:00")
OVER = DUE_AT + MICROSECOND
AT = shanghai("2026-07-16 08:00")
LATE = "was due on 2026-07-15"
"""As a digest says it of a report that waits for the signature."""


@pytest.fixture
def desks() -> Desks:
    """An enterprise of which nothing is received yet, all up to now reminded of."""
    desks = make_desks(assigned_on=OPENED.date())
    run(OPENED)
    run(DUE_AT)
    return desks


@pytest.fixture
def report(desks: Desks) -> SelfInspectionReport:
    """Its report, which waits for the signature."""
    return make_report(desks, status=ReportStatus.AWAITING_SIGNATURE)


def times_taken() -> set[int]:
    """How often each step was taken, and each person's line of it written."""
    steps = Reminder.objects.values("obligation", "kind", "step")
    lines = ReminderLine.objects.values("reminder", "recipient")
    return {
        times
        for rows in (steps, lines)
        for times in rows.annotate(times=Count("id")).values_list("times", flat=True)
    }


def test_signed_at_the_due_instant_before_the_clock_comes_it_is_in_time(
    desks: Desks, report: SelfInspectionReport, as_superuser: psycopg.Connection
) -> None:
    with not_yet_committed(partial(sign, report, desks, at=DUE_AT)):
        scanning = Act(partial(scans.scan, at=OVER))
        scanning.wait_until_it_waits(as_superuser)
    scanning.finish()
    # What changed while a statement waited for it is left to the next run.
    run(OVER)
    assert of_quarter(desks).state == "satisfied"
    assert "missing_quarter" not in flags_of(of_quarter(desks))


def test_signed_at_the_due_instant_while_the_clock_moves_it_it_is_in_time(
    desks: Desks, report: SelfInspectionReport, as_superuser: psycopg.Connection
) -> None:
    with not_yet_committed(partial(clock.move_due, at=OVER)):
        signing = Act(partial(sign, report, desks, at=DUE_AT))
        signing.wait_until_it_waits(as_superuser)
    signing.finish()
    assert of_quarter(desks).state == "satisfied"
    flag = ComplianceFlag.objects.get(kind="missing_quarter")
    changes = FlagEvent.objects.filter(flag=flag).order_by("id")
    assert list(changes.values_list("change", flat=True)) == ["raised", "cleared"]


# R10
def test_a_step_that_two_runs_come_to_is_taken_once(
    desks: Desks, as_superuser: psycopg.Connection
) -> None:
    run(OVER)
    with not_yet_committed(partial(reminding.remind, at=AT)):
        second = Act(partial(scans.scan, at=AT))
        second.wait_until_it_waits(as_superuser)
    second.finish()
    assert times_taken() == {1}
    keys = list(Notice.objects.filter(kind="digest").values_list("key", flat=True))
    assert len(set(keys)) == len(keys)


# R10
def test_a_step_that_comes_while_the_report_is_signed_is_not_taken(
    desks: Desks, report: SelfInspectionReport, as_superuser: psycopg.Connection
) -> None:
    run(OVER)
    with not_yet_committed(partial(sign, report, desks, at=AT)):
        scanning = Act(partial(scans.scan, at=AT))
        scanning.wait_until_it_waits(as_superuser)
    scanning.finish()
    late = Reminder.objects.filter(obligation=of_quarter(desks), kind="quarter_after")
    assert not late.exists()
    assert of_quarter(desks).state == "satisfied_late"


def test_a_share_at_which_another_worker_is_holds_up_no_second_one(
    desks: Desks, as_superuser: psycopg.Connection
) -> None:
    share = partial(tasks.scan_share, at=OVER.isoformat(), number=1, of=1, park=False)
    as_superuser.execute("SELECT pg_advisory_lock(hashtext('scan 1/1'))")
    share()
    assert of_quarter(desks).state == "not_due"
    as_superuser.execute("SELECT pg_advisory_unlock(hashtext('scan 1/1'))")
    share()
    assert of_quarter(desks).state == "missing"


class Receiver(EmailBackend):
    """A mail server; `meanwhile` comes about as it takes the first mail."""

    meanwhile: Callable[[], Any] | None = None

    def send_messages(self, messages: Any) -> int:
        act, type(self).meanwhile = type(self).meanwhile, None
        taken = int(super().send_messages(messages))
        if act is not None:
            act()
        return taken


# R10
@override_settings(EMAIL_BACKEND=f"{__name__}.Receiver")
def test_what_is_met_between_the_claim_and_a_letter_s_own_turn_is_not_mailed(
    desks: Desks, report: SelfInspectionReport
) -> None:
    run(OVER)
    run(AT)
    waiting = Delivery.objects.filter(state="waiting", channel="email")
    due = waiting.filter(notice__kind="digest", notice__body__contains=LATE)
    assert due.count() == 3
    waiting.exclude(pk__in=due).update(state="parked")
    # All three are claimed and asked about by then; one has gone.
    Receiver.meanwhile = partial(sign, report, desks, at=AT)

    deliveries.deliver_waiting(at=AT)

    about = [each for each in mail.outbox if LATE in str(each.body)]
    assert len(about) == 1
    parked = Delivery.objects.filter(
        channel="email", notice__body__contains=LATE, error="overtaken"
    )
    assert parked.count() == 2
