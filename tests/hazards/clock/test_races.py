"""A receipt, two runs of the clock and a delivery in the same moment."""

import threading
from collections.abc import Callable

import pytest
from django.core import mail
from django.db import connection
from django.db.models import Count

from accounts.models import Notice
from accounts.services import deliveries
from hazards.models import Reminder, ReminderLine, ReportStatus
from hazards.services import scans
from tests.factories_reports import make_desks, make_report, sign
from tests.hazards.clock.conftest import flags_of, of_quarter, run, shanghai

ROUNDS = 8
AT = shanghai("2026-07-16 08:00")


def at_the_same_moment(*acts: Callable[[], object]) -> None:
    barrier = threading.Barrier(len(acts))
    failed: list[BaseException] = []

    def act(one: Callable[[], object]) -> None:
        try:
            barrier.wait()
            one()
        except BaseException as error:  # noqa: BLE001 (told below)
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(one,)) for one in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


# R10
@pytest.mark.django_db(transaction=True)
def test_a_step_is_taken_once_and_nobody_is_told_of_it_once_it_is_done() -> None:
    at_first = make_desks(assigned_on=shanghai("2026-04-16 00:00").date())
    run(shanghai("2026-04-16 00:00"))
    for _ in range(ROUNDS):
        desks = make_desks(
            bureau=at_first.bureau, assigned_on=shanghai("2026-04-16 00:00").date()
        )
        report = make_report(desks, status=ReportStatus.AWAITING_SIGNATURE)
        run(shanghai("2026-07-16 07:59"))

        at_the_same_moment(
            lambda report=report, desks=desks: sign(report, desks, at=AT),  # type: ignore[misc]
            lambda: scans.scan(at=AT),
            lambda: scans.scan(at=AT),
            lambda: deliveries.deliver_waiting(at=AT),
        )

        row = of_quarter(desks)
        assert row.state == "satisfied_late"
        assert flags_of(row)["missing_quarter"] == "cleared"
        sent = len(mail.outbox)
        run(shanghai("2026-07-16 08:01"))
        deliveries.deliver_waiting(at=shanghai("2026-07-16 08:01"))
        late = [
            each.body
            for each in mail.outbox[sent:]
            if desks.enterprise.name in each.body and "no report of" in each.body
        ]
        assert late == []
    steps = Reminder.objects.values("obligation", "kind", "step")
    assert not steps.annotate(times=Count("id")).filter(times__gt=1).exists()
    lines = ReminderLine.objects.values("reminder", "recipient")
    assert not lines.annotate(times=Count("id")).filter(times__gt=1).exists()
    keys = Notice.objects.filter(kind="digest").values_list("key", flat=True)
    assert len(set(keys)) == len(keys)
