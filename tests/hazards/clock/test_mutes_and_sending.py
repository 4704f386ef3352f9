"""
Who muted a kind is spared all but its final steps; what is done goes out to nobody.
"""

from accounts.models import Notice
from accounts.services import mutes, standing
from hazards.models import ReminderLine, ReportStatus
from hazards.rules import reminders
from tests.factories_reports import Desks, make_report
from tests.hazards.clock.conftest import of_quarter, run, shanghai


def readers(at_step: int) -> set[int]:
    lines = ReminderLine.objects.filter(
        reminder__kind="quarter_before", reminder__step=at_step
    )
    return set(lines.values_list("recipient_id", flat=True))


def test_who_muted_a_kind_is_spared_all_but_its_final_steps(opened: Desks) -> None:
    clerk, leader = opened.clerk.user, opened.leader.user
    mutes.choose(user=clerk, muted=["quarter_before"], at=shanghai("2026-05-01 00:00"))
    run(shanghai("2026-07-01 08:00"))
    assert readers(at_step=2) == {leader.pk}
    run(shanghai("2026-07-12 08:00"))
    assert readers(at_step=3) == {clerk.pk, leader.pk, opened.principal.user.pk}


def test_the_year_is_muted_by_one_word(opened: Desks) -> None:
    clerk = opened.clerk.user
    mutes.choose(user=clerk, muted=["participation"], at=shanghai("2026-05-01 00:00"))
    run(shanghai("2026-10-01 08:00"))
    lines = ReminderLine.objects.filter(reminder__kind="participation_before")
    assert lines.exists()
    assert not lines.filter(recipient=clerk).exists()


def test_each_kind_that_can_be_muted_has_its_word_on_the_profile() -> None:
    for kind in reminders.mutable_kinds():
        assert set(reminders.muted_as(kind)) & mutes.MUTABLE.keys(), kind


# R10
def test_a_digest_of_what_was_done_since_it_was_written_is_overtaken(
    opened: Desks,
) -> None:
    run(shanghai("2026-07-12 08:00"))
    digest = Notice.objects.filter(kind="digest").latest("id")
    assert standing.text_of(digest) == digest.body
    make_report(opened, status=ReportStatus.RECEIVED, at=shanghai("2026-07-12 09:00"))
    assert standing.text_of(digest) is None
    assert standing.overtaken([digest]) == {digest.pk}


def test_of_several_duties_only_what_is_still_owed_is_sent(opened: Desks) -> None:
    run(shanghai("2026-10-12 08:00"))
    digest = Notice.objects.get(
        kind="digest", recipient=opened.clerk.user, at=shanghai("2026-10-12 08:00")
    )
    texts = set(
        ReminderLine.objects.filter(notice=digest).values_list("text", flat=True)
    )
    assert len(texts) > 1
    make_report(opened, status=ReportStatus.RECEIVED, at=shanghai("2026-10-12 09:00"))
    done = set(
        ReminderLine.objects.filter(
            notice=digest, reminder__obligation=of_quarter(opened)
        ).values_list("text", flat=True)
    )
    sent = standing.text_of(digest)
    assert sent is not None
    assert all((text in sent) == (text not in done) for text in texts)
    assert sent.count("\n\n") == digest.body.count("\n\n") - len(done)


# R9
def test_a_clock_set_back_a_day_writes_no_second_digest(opened: Desks) -> None:
    run(shanghai("2026-07-12 08:00"))
    before = Notice.objects.filter(kind="digest").count()
    # A line that came after the digest of the day waits for tomorrow.
    line = ReminderLine.objects.latest("id")
    ReminderLine.objects.filter(pk=line.pk).update(notice=None)
    run(shanghai("2026-07-11 12:00"))
    assert Notice.objects.filter(kind="digest").count() == before
