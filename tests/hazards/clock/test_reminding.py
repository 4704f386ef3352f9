"""Each step of reminding once, one digest a person and day, until it is done."""

from django.test import override_settings

from accounts.models import Delivery, EnterpriseChange, Notice
from hazards.models import ComplianceFlag, Reminder, ReminderLine, ReportStatus, Scan
from hazards.queries.clock import is_anything_due
from tests.factories_reports import Desks, make_report
from tests.hazards.clock.conftest import of_quarter, run, shanghai


def digests() -> list[Notice]:
    return list(Notice.objects.filter(kind="digest").order_by("id"))


def test_fourteen_days_before_the_due_day_the_team_is_reminded(opened: Desks) -> None:
    run(shanghai("2026-06-15 08:00"))
    before = len(digests())
    run(shanghai("2026-07-01 07:59"))
    assert len(digests()) == before
    run(shanghai("2026-07-01 08:00"))
    new = digests()[before:]
    assert {notice.recipient for notice in new} == {
        opened.clerk.user,
        opened.leader.user,
    }
    assert "is due on 2026-07-15, in 14 days" in new[0].body
    assert opened.enterprise.name in new[0].body
    channels = Delivery.objects.filter(notice=new[0]).values_list("channel", "state")
    assert set(channels) == {("inbox", "sent"), ("email", "waiting")}


def test_three_days_before_it_the_principal_is_reminded_too(opened: Desks) -> None:
    run(shanghai("2026-07-12 08:00"))
    assert opened.principal.user in {notice.recipient for notice in digests()}


def test_of_steps_that_were_missed_only_the_current_one_is_sent(opened: Desks) -> None:
    run(shanghai("2026-07-24 08:00"))
    taken = Reminder.objects.filter(obligation=of_quarter(opened))
    assert list(taken.values_list("kind", "step")) == [("quarter_after", 4)]
    assert opened.reviewer.user in {notice.recipient for notice in digests()}


def test_nobody_gets_a_second_digest_on_a_day(opened: Desks) -> None:
    run(shanghai("2026-07-16 08:00"))
    first = len(digests())
    run(shanghai("2026-07-16 20:00"))
    assert len(digests()) == first


def test_what_is_done_is_not_reminded_of(opened: Desks) -> None:
    make_report(opened, status=ReportStatus.RECEIVED)
    assert of_quarter(opened).remind_at is None
    run(shanghai("2026-07-16 08:00"))
    assert not Reminder.objects.filter(obligation=of_quarter(opened)).exists()


@override_settings(LATE_REMINDERS_A_RUN=0)
def test_a_flood_of_late_reminders_waits_for_an_operator(opened: Desks) -> None:
    run(shanghai("2026-07-28 09:00"))
    assert not digests()
    assert Scan.objects.latest("id").parked == ReminderLine.objects.count() > 0


def test_an_enterprise_of_which_nobody_can_be_reached_is_flagged(
    opened: Desks,
) -> None:
    for acting in (opened.clerk, opened.leader, opened.principal):
        acting.user.email = ""
        acting.user.save()
    run(shanghai("2026-07-16 08:00"))
    flag = ComplianceFlag.objects.get(kind="nobody_reachable")
    assert flag.status == "standing"
    # Nothing to do while it stands; who can be reached again is in the queue.
    assert not is_anything_due(at=shanghai("2026-07-16 08:00"))
    queued = EnterpriseChange.objects.filter(enterprise=opened.enterprise)
    queued.delete()
    opened.clerk.user.email = "clerk@example.com"
    opened.clerk.user.save()
    assert queued.exists()
    run(shanghai("2026-07-16 08:01"))
    flag.refresh_from_db()
    assert flag.status == "cleared"


def test_everybody_is_reminded_in_their_own_language(opened: Desks) -> None:
    opened.clerk.user.language = "zh-hans"
    opened.clerk.user.save()
    run(shanghai("2026-07-01 08:00"))
    bodies = {notice.recipient: notice.body for notice in digests()}
    assert "2026年第2季度" in bodies[opened.clerk.user]
    assert "2026 Q2" in bodies[opened.leader.user]
