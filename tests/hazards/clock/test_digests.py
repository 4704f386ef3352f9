"""Digests are written some people at a time; nothing is left to be asked for again."""

import pytest

from accounts.models import Delivery, Notice
from hazards.models import ReminderLine, ReportStatus
from hazards.queries.clock import is_anything_due
from hazards.services import clock, reminding
from tests.factories_reports import Desks, make_report
from tests.hazards.clock.conftest import of_quarter, run, shanghai

AT = shanghai("2026-07-16 08:00")


def test_what_is_done_before_anybody_was_told_is_dropped(opened: Desks) -> None:
    clock.move_due(at=AT)
    reminding.remind(at=AT)
    make_report(opened, status=ReportStatus.RECEIVED)
    run(AT)
    lines = ReminderLine.objects.filter(reminder__obligation=of_quarter(opened))
    assert lines.count() == 3
    assert not lines.filter(dropped_at=None).exists()
    assert not Notice.objects.filter(kind="digest", at=AT).exists()
    # Else the clock would ask about them every minute, for good.
    assert not is_anything_due(at=AT)


def test_each_turn_writes_for_the_next_people(
    opened: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "PEOPLE_AT_ONCE", 1)
    run(AT)
    told = Notice.objects.filter(kind="digest", at=AT)
    assert {notice.recipient for notice in told} == {
        opened.clerk.user,
        opened.leader.user,
        opened.principal.user,
    }
    assert Delivery.objects.filter(notice__in=told, channel="inbox").count() == 3
    assert not ReminderLine.objects.filter(notice=None).exists()
    assert is_anything_due(at=shanghai("2026-07-17 08:00"))
