"""
Reminders in the life of a hazard: each step at its morning in Asia/Shanghai and not
before, silence once it is settled, a deadline that moves begins its steps anew.
"""

import datetime as dt

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from accounts.models import Notice
from accounts.services import mutes, standing
from hazards.models import (
    HazardActKind,
    MajorHazard,
    Obligation,
    Reminder,
    ReminderLine,
    Scan,
)
from hazards.queries.clock import is_anything_due
from hazards.services import hazard_reminding, reports, scans
from tests.database.stages import stage
from tests.factories_lives import (
    DUE_ON,
    begin_report,
    do,
    on_day_of,
    planned_hazard,
    reported_hazard,
)
from tests.factories_reports import Desks, make_desks
from tests.hazards.clock.conftest import MICROSECOND, run, shanghai
from tests.hazards.clock.hazard_acts import (
    BEGAN,
    accepted_hazard,
    answer,
    apply_for_recheck,
    ask,
    confirm_acceptance,
    record_acceptance,
)

DAY = dt.timedelta(days=1)

pytestmark = pytest.mark.django_db


@stage
def desks(db: None) -> Desks:
    """Desks whose duties nobody is reminded of: what is told is about hazards."""
    desks = make_desks(assigned_on=dt.date(2026, 8, 1))
    run(BEGAN)
    Obligation.objects.update(remind_at=None)
    return desks


def morning(day: dt.date) -> dt.datetime:
    return shanghai(f"{day} 08:00")


def steps_of(hazard: MajorHazard) -> list[tuple[str, int]]:
    rows = Reminder.objects.filter(hazard=hazard).order_by("id")
    return list(rows.values_list("kind", "step"))


def told_of(hazard: MajorHazard) -> set[int]:
    """Whom the latest step concerned."""
    latest = Reminder.objects.filter(hazard=hazard).latest("id")
    return set(latest.lines.values_list("recipient_id", flat=True))


def people(*acting: object) -> set[int]:
    return {one.user.pk for one in acting}  # type: ignore[attr-defined]


def team(desks: Desks) -> set[int]:
    return people(desks.clerk, desks.leader)


def office(desks: Desks) -> set[int]:
    return people(desks.reviewer, desks.colleague, desks.head)


def comes_at(hazard: MajorHazard, at: dt.datetime) -> bool:
    """Whether a step is taken at the instant, and none a microsecond before."""
    before = steps_of(hazard)
    run(at - MICROSECOND)
    nothing = steps_of(hazard) == before
    run(at)
    return nothing and len(steps_of(hazard)) == len(before) + 1


@pytest.mark.parametrize(
    "due_on", [DUE_ON, dt.date(2028, 3, 3), dt.date(2028, 3, 10), dt.date(2027, 1, 3)]
)
def test_ten_and_three_days_before_its_deadline(desks: Desks, due_on: dt.date) -> None:
    hazard = planned_hazard(desks, at=BEGAN, due_on=due_on)
    assert comes_at(hazard, morning(due_on - 10 * DAY))
    assert told_of(hazard) == team(desks)
    assert comes_at(hazard, morning(due_on - 3 * DAY))
    assert told_of(hazard) == team(desks) | people(desks.principal)
    run(morning(due_on))
    assert steps_of(hazard) == [("hazard_before", 1), ("hazard_before", 2)]


@pytest.mark.parametrize("due_on", [dt.date(2026, 12, 31), dt.date(2028, 2, 28)])
def test_past_its_deadline_with_more_time_between_each(
    desks: Desks, due_on: dt.date
) -> None:
    hazard = planned_hazard(desks, at=BEGAN, due_on=due_on)
    run(morning(due_on))
    for number, days in enumerate((1, 2, 4, 8, 16), start=1):
        assert comes_at(hazard, morning(due_on + days * DAY)), days
        assert steps_of(hazard)[-1] == ("hazard_after", number)
        enterprise = team(desks) | people(desks.principal)
        assert told_of(hazard) == (
            enterprise if days < 8 else enterprise | office(desks)
        )
    hazard.refresh_from_db()
    assert hazard.remind_at == morning(due_on + 32 * DAY)


def test_a_digest_says_which_hazard_and_by_when(desks: Desks) -> None:
    hazard = planned_hazard(desks, at=BEGAN)
    desks.leader.user.language = "zh-hans"
    desks.leader.user.save()
    run(morning(DUE_ON - 3 * DAY))
    digest = Notice.objects.filter(kind="digest", recipient=desks.clerk.user).latest(
        "id"
    )
    assert hazard.number in digest.body
    assert "by 2026-09-30, in 3 days" in digest.body
    assert desks.enterprise.name in digest.body
    own = Notice.objects.filter(kind="digest", recipient=desks.leader.user).latest("id")
    assert "{" not in own.body + digest.body


def test_hazards_with_one_deadline_are_one_line(desks: Desks) -> None:
    first = planned_hazard(desks, at=BEGAN)
    second = planned_hazard(desks, at=BEGAN + dt.timedelta(hours=1))
    run(morning(DUE_ON - 3 * DAY))
    digest = Notice.objects.filter(kind="digest", recipient=desks.clerk.user).latest(
        "id"
    )
    numbers = ", ".join(sorted([first.number, second.number]))
    assert f"2 major hazards ({numbers})" in digest.body


def test_a_plan_that_does_not_come(desks: Desks) -> None:
    hazard = reported_hazard(desks, at=BEGAN)
    reported_on = BEGAN.date()
    assert comes_at(hazard, morning(reported_on + 7 * DAY))
    assert steps_of(hazard) == [("hazard_plan", 1)]
    assert told_of(hazard) == team(desks) | people(desks.principal)
    assert comes_at(hazard, morning(reported_on + 14 * DAY))
    assert comes_at(hazard, morning(reported_on + 28 * DAY))
    assert office(desks) < told_of(hazard)


@pytest.mark.parametrize("by_bureau", [True, False])
def test_more_time_asked_for_and_not_answered_within_five_days(
    desks: Desks, *, by_bureau: bool
) -> None:
    hazard = planned_hazard(desks, at=BEGAN, due_on=dt.date(2027, 3, 31))
    asked_at = shanghai("2026-12-26 23:59")
    asking = ask(dt.date(2027, 5, 31), by_bureau=by_bureau)
    do(hazard, HazardActKind.ASK_EXTENSION, desks.clerk, at=asked_at, then=asking)
    # Five days until the end of 31 December.
    assert comes_at(hazard, morning(dt.date(2027, 1, 1)))
    whoever = (
        people(desks.reviewer, desks.colleague)
        if by_bureau
        else people(desks.principal)
    )
    assert told_of(hazard) == whoever
    assert comes_at(hazard, morning(dt.date(2027, 1, 2)))
    assert comes_at(hazard, morning(dt.date(2027, 1, 4)))
    assert comes_at(hazard, morning(dt.date(2027, 1, 8)))
    assert told_of(hazard) == (office(desks) if by_bureau else whoever)


def test_approved_between_two_steps_its_deadline_begins_its_steps_anew(
    desks: Desks,
) -> None:
    hazard = planned_hazard(desks, at=BEGAN)
    run(morning(DUE_ON - 10 * DAY))
    to_on = DUE_ON + 30 * DAY
    at = morning(DUE_ON - 5 * DAY)
    asking = ask(to_on, by_bureau=False)
    do(hazard, HazardActKind.ASK_EXTENSION, desks.clerk, at=at, then=asking)
    do(
        hazard,
        HazardActKind.ANSWER_EXTENSION,
        desks.principal,
        at=at,
        then=answer(approved=True),
    )
    assert hazard.due_on == to_on
    run(morning(DUE_ON + 8 * DAY))
    assert steps_of(hazard) == [("hazard_before", 1)]
    assert comes_at(hazard, morning(to_on - 10 * DAY))
    assert comes_at(hazard, morning(to_on - 3 * DAY))
    assert comes_at(hazard, morning(to_on + DAY))
    assert steps_of(hazard)[1:] == [
        ("hazard_before", 1),
        ("hazard_before", 2),
        ("hazard_after", 1),
    ]


def test_a_step_that_came_is_not_lost_where_something_is_done_before_the_clock(
    desks: Desks,
) -> None:
    hazard = planned_hazard(desks, at=BEGAN)
    at = morning(DUE_ON - 10 * DAY)
    run(at - MICROSECOND)
    minute = dt.timedelta(minutes=1)
    do(hazard, HazardActKind.PROGRESS, desks.clerk, at=at + minute)
    run(at + 2 * minute)
    assert steps_of(hazard) == [("hazard_before", 1)]


def test_a_day_before_it_was_planned_is_not_caught_up(desks: Desks) -> None:
    hazard = planned_hazard(desks, at=BEGAN, due_on=BEGAN.date() + 5 * DAY)
    run(BEGAN + DAY)
    assert steps_of(hazard) == []
    assert comes_at(hazard, morning(BEGAN.date() + 2 * DAY))
    assert steps_of(hazard) == [("hazard_before", 2)]


def test_an_acceptance_that_waits_for_the_principal(desks: Desks) -> None:
    hazard = planned_hazard(desks, at=BEGAN)
    record = HazardActKind.RECORD_ACCEPTANCE
    do(hazard, record, desks.clerk, at=BEGAN, then=record_acceptance)
    assert comes_at(hazard, morning(BEGAN.date() + DAY))
    assert told_of(hazard) == people(desks.principal)
    assert steps_of(hazard) == [("hazard_acceptance", 1)]


def test_what_is_accepted_is_silent(desks: Desks) -> None:
    hazard = accepted_hazard(desks)
    assert hazard.remind_at is None
    run(morning(DUE_ON + 8 * DAY))
    assert steps_of(hazard) == []
    do(
        hazard,
        HazardActKind.CLOSE,
        desks.leader,
        at=morning(DUE_ON + 9 * DAY),
        then=lambda life: setattr(life.hazard, "closed_at", life.act.at),
    )
    assert hazard.remind_at is None


def test_a_recheck_that_is_not_done_within_ten_days(desks: Desks) -> None:
    hazard = accepted_hazard(desks)
    at = shanghai("2026-12-21 09:00")
    do(
        hazard,
        HazardActKind.APPLY_FOR_RECHECK,
        desks.clerk,
        at=at,
        then=apply_for_recheck,
    )
    assert comes_at(hazard, morning(dt.date(2027, 1, 1)))
    assert steps_of(hazard) == [("hazard_recheck", 1)]
    assert told_of(hazard) == office(desks)


def test_three_nights_missed_send_the_current_step_only(desks: Desks) -> None:
    hazard = planned_hazard(desks, at=BEGAN)
    run(morning(DUE_ON + DAY) - MICROSECOND)
    known = steps_of(hazard)
    run(morning(DUE_ON + 5 * DAY))
    assert steps_of(hazard)[len(known) :] == [("hazard_after", 3)]
    bodies = " ".join(
        Notice.objects.filter(kind="digest", at=morning(DUE_ON + 5 * DAY)).values_list(
            "body", flat=True
        )
    )
    assert "5 days ago" in bodies


def test_a_second_run_adds_nothing_and_nothing_is_left_due(desks: Desks) -> None:
    hazard = planned_hazard(desks, at=BEGAN)
    at = morning(DUE_ON - 3 * DAY)
    run(morning(DUE_ON - 10 * DAY))
    assert not is_anything_due(at=at - MICROSECOND)
    assert is_anything_due(at=at)
    run(at)
    kept = (Reminder, ReminderLine, Notice)
    before = [list(model.objects.order_by("id").values()) for model in kept]
    done = run(at + dt.timedelta(minutes=1))
    assert (done.reminders, done.notices) == (0, 0)
    assert [list(model.objects.order_by("id").values()) for model in kept] == before
    assert not is_anything_due(at=at + dt.timedelta(minutes=1))
    assert told_of(hazard)


def test_who_muted_hazards_gets_only_what_is_final(desks: Desks) -> None:
    clerk = desks.clerk.user
    mutes.choose(user=clerk, muted=["hazard"], at=BEGAN)
    hazard = planned_hazard(desks, at=BEGAN)
    run(morning(DUE_ON - 10 * DAY))
    assert told_of(hazard) == people(desks.leader)
    run(morning(DUE_ON - 3 * DAY))
    assert clerk.pk in told_of(hazard)


def test_what_is_settled_before_anybody_was_told_is_dropped(desks: Desks) -> None:
    hazard = planned_hazard(desks, at=BEGAN)
    run(morning(DUE_ON - 10 * DAY))
    at = morning(DUE_ON - 3 * DAY)
    hazard_reminding.remind(at=at)
    record, confirm = HazardActKind.RECORD_ACCEPTANCE, HazardActKind.CONFIRM_ACCEPTANCE
    do(hazard, record, desks.clerk, at=at, then=record_acceptance)
    do(hazard, confirm, desks.principal, at=at, then=confirm_acceptance)
    run(at)
    lines = ReminderLine.objects.filter(reminder__step=2, reminder__hazard=hazard)
    assert lines.count() == 3
    assert not lines.filter(dropped_at=None).exists()
    assert not is_anything_due(at=at)


def test_a_step_before_the_deadline_is_overtaken_by_one_after_it(desks: Desks) -> None:
    planned_hazard(desks, at=BEGAN)
    run(morning(DUE_ON - 10 * DAY))
    hazard_reminding.remind(at=morning(DUE_ON - 3 * DAY))
    run(morning(DUE_ON + DAY))
    digest = Notice.objects.filter(kind="digest", recipient=desks.clerk.user).latest(
        "id"
    )
    assert "to be eliminated by 2026-09-30" not in digest.body
    assert "the deadline of the major hazard" in digest.body


def test_a_line_that_no_longer_stands_when_the_mail_goes_out_is_left_out(
    desks: Desks,
) -> None:
    first = planned_hazard(desks, at=BEGAN)
    second = planned_hazard(
        desks, at=BEGAN + dt.timedelta(hours=1), due_on=DUE_ON + 7 * DAY
    )
    at = morning(DUE_ON - 3 * DAY)
    run(at)
    digest = Notice.objects.filter(kind="digest", recipient=desks.clerk.user).latest(
        "id"
    )
    assert standing.text_of(digest) == digest.body
    record, confirm = HazardActKind.RECORD_ACCEPTANCE, HazardActKind.CONFIRM_ACCEPTANCE
    for hazard in (first, second):
        do(hazard, record, desks.clerk, at=at, then=record_acceptance)
        do(hazard, confirm, desks.principal, at=at, then=confirm_acceptance)
        text = standing.text_of(digest)
        if hazard is first:
            assert text is not None
            assert first.number not in text
            assert second.number in text
    assert standing.text_of(digest) is None


@override_settings(LATE_REMINDERS_A_RUN=0)
def test_a_flood_of_late_steps_waits_for_an_operator(desks: Desks) -> None:
    hazard = planned_hazard(desks, at=BEGAN)
    run(morning(DUE_ON + 11 * DAY))
    lines = ReminderLine.objects.filter(reminder__hazard=hazard)
    assert lines.exists()
    assert not lines.filter(parked_in=None).exists()
    assert Scan.objects.latest("id").parked == lines.count()


def test_the_clock_asks_the_same_however_many_hazards_come_due(desks: Desks) -> None:
    planned_hazard(desks, at=BEGAN)
    at = morning(DUE_ON - 10 * DAY)

    def cost(at: dt.datetime) -> int:
        with CaptureQueriesContext(connection) as captured:
            run(at)
        return len(captured)

    one = cost(at)
    for number in range(1, 4):
        planned_hazard(
            desks, at=BEGAN + dt.timedelta(hours=number), due_on=DUE_ON + 2 * DAY
        )
    assert cost(morning(DUE_ON - 3 * DAY)) == one


def test_hazards_on_the_books_are_reminded_of_in_shares(desks: Desks) -> None:
    hazard = planned_hazard(desks, at=BEGAN)
    other = planned_hazard(make_desks(assigned_on=dt.date(2026, 8, 1)), at=BEGAN)
    at = morning(DUE_ON - 3 * DAY)
    run(at - MICROSECOND)
    for number in (1, 2):
        scans.run_share(at=at, number=number, of=2, park=False)
        taken = Reminder.objects.filter(kind="hazard_before", step=2).count()
        assert taken == number
    assert steps_of(hazard)[-1] == steps_of(other)[-1] == ("hazard_before", 2)


def test_a_hazard_graded_down_before_its_report_is_no_work(desks: Desks) -> None:
    report = begin_report(desks, at=BEGAN)
    clerk = on_day_of(desks.clerk, BEGAN)
    reports.send_for_signature(report_id=report.pk, by=clerk, at=BEGAN)
    hazard = MajorHazard.objects.get(reports=report)
    at = BEGAN + dt.timedelta(minutes=1)
    run(at)
    assert is_anything_due(at=at)
    do(hazard, HazardActKind.DOWNGRADE, desks.clerk, at=at)
    assert not is_anything_due(at=at)
