"""Digests are written some people at a time; nothing is left to be asked for again."""

import pytest

from accounts.models import Delivery, Notice
from hazards.models import ReminderLine, ReportStatus
from hazards.queries.clock import is_anything_due
from hazards.services import clock, digests, reminding
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
    monkeypatch.setattr(digests, "PEOPLE_AT_ONCE", 1)
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


def digest_of(desks: Desks) -> str:
    """What the latest digest says to the team leader, in English."""
    return (
        Notice.objects.filter(kind="digest", recipient=desks.leader.user)
        .latest("id")
        .body
    )


def test_two_steps_that_wait_for_one_enterprise_name_it_once(opened: Desks) -> None:
    run(shanghai("2026-07-16 00:00"))
    reminding.remind(at=AT)
    later = shanghai("2026-07-17 08:00")
    reminding.remind(at=later)
    digests.write_digests(at=later)
    body = digest_of(opened)
    assert body.count("no report of 2026 Q2") == 1
    assert opened.enterprise.name in body
    assert "2 enterprises" not in body


def test_a_step_before_the_due_day_is_overtaken_by_one_after_it(opened: Desks) -> None:
    run(shanghai("2026-07-11 08:00"))
    reminding.remind(at=shanghai("2026-07-12 08:00"))
    waiting = ReminderLine.objects.filter(notice=None, dropped_at=None)
    assert waiting.filter(reminder__kind="quarter_before").exists()
    run(AT)
    assert "is due on 2026-07-15" not in digest_of(opened)
    assert "was received by 2026-07-15" in digest_of(opened)
    assert not waiting.exists()
