"""Reminders on their way out: spared, overtaken, at every address."""

from django.core import mail

from accounts.models import Delivery, EnterpriseChange, Notice, OutsideAddress
from accounts.services import mutes
from accounts.services.deliveries import deliver_waiting
from hazards.models import ComplianceFlag, ReportStatus
from tests.factories import NOW
from tests.factories_reports import Desks, make_report
from tests.hazards.clock.conftest import run, shanghai


def _told(when: str) -> set[int | None]:
    before = set(Notice.objects.filter(kind="digest").values_list("pk", flat=True))
    run(shanghai(when))
    new = Notice.objects.filter(kind="digest").exclude(pk__in=before)
    return set(new.values_list("recipient", flat=True))


def test_a_kind_that_is_muted_comes_only_when_it_is_final(opened: Desks) -> None:
    run(shanghai("2026-06-30 08:00"))
    user = opened.clerk.user
    mutes.choose(user=user, muted=["quarter_before"], at=NOW)

    assert _told("2026-07-01 08:00") == {opened.leader.user.pk}
    assert user.pk in _told("2026-07-12 08:00")


def test_another_kind_that_is_muted_changes_nothing(opened: Desks) -> None:
    run(shanghai("2026-06-30 08:00"))
    mutes.choose(user=opened.clerk.user, muted=["participation"], at=NOW)

    assert opened.clerk.user.pk in _told("2026-07-01 08:00")


def test_a_digest_whose_duty_was_met_before_it_went_is_not_mailed(
    opened: Desks,
) -> None:  # R10
    at = shanghai("2026-07-12 08:00")
    run(at)
    waiting = Delivery.objects.filter(
        channel="email", state="waiting", notice__kind="digest"
    )
    due = "is due on 2026-07-15"
    about = {row.pk for row in waiting if due in row.notice.body}
    assert about
    make_report(opened, status=ReportStatus.RECEIVED)
    mail.outbox.clear()

    deliver_waiting(at=at)

    assert not [message for message in mail.outbox if due in str(message.body)]
    for row in Delivery.objects.filter(pk__in=about):
        assert (row.state, row.error) in {("parked", "overtaken"), ("sent", "")}


def test_a_digest_goes_to_every_address_of_the_person(opened: Desks) -> None:
    run(shanghai("2026-06-30 08:00"))
    _add_address(opened)
    _told("2026-07-01 08:00")

    digest = Notice.objects.filter(recipient=opened.clerk.user).latest("id")
    channels = digest.deliveries.values_list("channel", flat=True)
    assert sorted(channels) == ["email", "inbox", "webhook"]


def test_who_has_a_robot_or_a_webhook_can_be_reached(opened: Desks) -> None:
    for by in (opened.clerk, opened.leader, opened.principal):
        by.user.email = ""
        by.user.save(update_fields=["email"])
    flags = ComplianceFlag.objects.filter(kind="nobody_reachable", status="standing")
    run(shanghai("2026-07-01 08:00"))
    assert flags.exists()

    EnterpriseChange.objects.all().delete()
    _add_address(opened)
    assert EnterpriseChange.objects.filter(enterprise=opened.enterprise).exists()
    run(shanghai("2026-07-01 09:00"))

    assert not flags.exists()


def _add_address(opened: Desks) -> None:
    OutsideAddress.objects.create(
        user=opened.clerk.user,
        kind="webhook",
        url="https://hook.example/",
        label="系统",
        added_at=NOW,
    )
