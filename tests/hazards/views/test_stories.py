"""The page of one hazard: where it stands, who acts next, what happened."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from hazards.models import (
    AcceptedBy,
    Attachment,
    HazardAcceptance,
    HazardActKind,
    HazardProgress,
    HazardRecheck,
    MajorHazard,
    Moment,
)
from hazards.services import attachments, hazard_reports, reports
from hazards.services.lives import Doing, Evidence, Living
from tests.factories import queries_of, signed_in
from tests.factories_lives import (
    begin_report,
    do,
    plan_for,
    planned_hazard,
    reported_hazard,
    send_and_sign,
)
from tests.factories_reports import Desks, make_description, make_desks
from tests.hazards.attachments.files import picture, upload
from tests.hazards.views.walking import page, words

pytestmark = pytest.mark.django_db


def ago(days: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def planned(
    seats: Desks, *, days: int = 30, at: dt.datetime | None = None
) -> MajorHazard:
    at = at or ago(20)
    return planned_hazard(seats, at=at, due_on=in_days(days))


def address(hazard: MajorHazard) -> str:
    return reverse("hazard", args=[hazard.public_id])


def photo(seats: Desks, *, number: int) -> Attachment:
    return attachments.keep(
        upload(picture(size=(80 + number, 60)), "现场.jpg"),
        enterprise=seats.enterprise,
        by=seats.clerk,
        at=timezone.now(),
    )


def accept(hazard: MajorHazard, seats: Desks, *, at: dt.datetime) -> MajorHazard:
    """The team records that it is eliminated, the principal confirms it."""

    def recorded(life: Living) -> None:
        HazardAcceptance.objects.create(
            recorded=life.act, accepted_by=AcceptedBy.OWN, people="高级工程师王某"
        )

    def confirmed(life: Living) -> None:
        life.hazard.accepted_at = at
        acceptance = HazardAcceptance.objects.get(recorded__hazard=hazard)
        acceptance.answered, acceptance.confirmed = life.act, True
        acceptance.save()

    kind = HazardActKind.RECORD_ACCEPTANCE
    do(hazard, kind, seats.clerk, at=at, then=recorded)
    kind = HazardActKind.CONFIRM_ACCEPTANCE
    return do(hazard, kind, seats.principal, at=at, then=confirmed)


def test_it_tells_what_it_is_under_which_clause_and_what_may_follow(
    seats: Desks,
) -> None:
    hazard = planned(seats)
    said = words(signed_in(seats.clerk).get(address(hazard)))
    stated = hazard.statements.order_by("-id")[0]
    for part in (stated.place, stated.description, stated.plan_goals, "30 days left"):
        assert part in said
    assert "The usual remedy, and what may follow in law" in said
    assert "Judged major under" in said


def test_it_names_each_receipt_with_its_number(seats: Desks) -> None:
    hazard = planned(seats)
    said = words(signed_in(seats.clerk).get(address(hazard)))
    for number in hazard.statements.values_list(
        "version__seals__receipt_number", flat=True
    ):
        assert number in said
    assert "Reported for the first time" in said
    assert said.index("Reported for the first time") < said.index("Named in a report")


def test_the_team_and_the_bureau_read_the_same_story_with_steps_of_their_own(
    seats: Desks,
) -> None:
    hazard = planned(seats)
    team, bureau = (
        signed_in(by).get(address(hazard)) for by in (seats.clerk, seats.reviewer)
    )
    act = reverse("hazard-act", args=[hazard.public_id, "progress"])
    assert act in page(team)
    assert act not in page(bureau)
    assert "you, or a colleague of the team" in words(team)
    assert "the team of the enterprise" in words(bureau)


def test_past_its_deadline_it_is_suspected_overdue_and_to_be_verified(
    seats: Desks,
) -> None:
    hazard = planned(seats, days=-3)
    said = words(signed_in(seats.reviewer).get(address(hazard)))
    assert "suspected overdue, to be verified" in said
    assert "3 days past its deadline" in said


def test_on_its_last_day_it_is_not_overdue(seats: Desks) -> None:
    hazard = planned(seats, days=0)
    said = words(signed_in(seats.reviewer).get(address(hazard)))
    assert "the deadline is today" in said
    assert "overdue" not in said


def test_while_it_is_not_reported_the_page_says_until_when_it_should_be(
    seats: Desks,
) -> None:
    report = begin_report(seats, at=ago(1))
    hazard = report.hazard
    assert hazard is not None
    response = signed_in(seats.clerk).get(address(hazard))
    assert "To be reported by" in words(response)
    assert "Not on record yet" in words(response)
    assert signed_in(seats.reviewer).get(address(hazard)).status_code == 404


def test_what_waits_for_a_signature_is_the_principal_s_to_do(seats: Desks) -> None:
    hazard = reported_hazard(seats, at=ago(3))
    plan = plan_for(hazard, seats, at=ago(2), due_on=in_days(20))
    url = reverse("report-sign", args=[plan.public_id])
    assert url not in page(signed_in(seats.principal).get(address(hazard)))
    reports.send_for_signature(report_id=plan.pk, by=seats.clerk, at=timezone.now())
    principal, clerk, bureau = (
        signed_in(by).get(address(hazard))
        for by in (seats.principal, seats.clerk, seats.reviewer)
    )
    assert url in page(principal)
    assert "you, the principal" in words(principal)
    assert "Read the treatment plan and sign it." in words(clerk)
    # What the bureau has not received it is not told of.
    assert "Write the treatment plan" in words(bureau)


def test_photos_stand_side_by_side_and_funds_are_added_up(seats: Desks) -> None:
    hazard = planned(seats)
    for number, moment in ((1, Moment.BEFORE), (2, Moment.AFTER)):
        evidence = [Evidence(photo(seats, number=number), moment)]
        do(
            hazard,
            HazardActKind.PROGRESS,
            seats.clerk,
            at=ago(5),
            doing=Doing(text="清理完成。", evidence=evidence),
            then=lambda life: HazardProgress.objects.create(
                act=life.act, funds_spent="1.2500"
            ),
        )
    response = signed_in(seats.reviewer).get(address(hazard))
    story = response.context["story"]
    assert (len(story.before), len(story.after)) == (1, 1)
    assert "Before and after" in words(response)
    assert "2.5 万元" in words(response)
    assert words(response).count("清理完成。") == 2


def test_what_stands_for_re_check_waits_for_the_bureau(seats: Desks) -> None:
    hazard = accept(planned(seats), seats, at=ago(4))

    def applied(life: Living) -> None:
        life.hazard.recheck_due_on = in_days(6)
        life.hazard.is_ordered = True
        HazardRecheck.objects.create(asked=life.act, due_on=in_days(6))

    do(hazard, HazardActKind.APPLY_FOR_RECHECK, seats.clerk, at=ago(3), then=applied)
    said = words(signed_in(seats.reviewer).get(address(hazard)))
    assert "Look on site with two officers." in said
    assert seats.bureau.name in said
    assert "waiting for re-check" in said


def test_the_stages_are_done_up_to_where_it_stands(seats: Desks) -> None:
    hazard = planned(seats)
    text = page(signed_in(seats.clerk).get(address(hazard)))
    assert text.count("stage-done") == 3
    assert text.count('aria-current="step"') == 1
    hazard = accept(hazard, seats, at=ago(4))

    def closed(life: Living) -> None:
        life.hazard.closed_at = ago(3)

    do(hazard, HazardActKind.CLOSE, seats.leader, at=ago(3), then=closed)
    text = page(signed_in(seats.clerk).get(address(hazard)))
    assert text.count("stage-done") == 6
    assert "What is next" not in text or "days left" not in text


def test_what_came_back_is_linked_both_ways(seats: Desks) -> None:
    first = accept(planned(seats), seats, at=ago(4))

    def closed(life: Living) -> None:
        life.hazard.closed_at = ago(3)

    do(first, HazardActKind.CLOSE, seats.leader, at=ago(3), then=closed)
    report = hazard_reports.begin(
        description=make_description(seats, found_at=ago(1)),
        recurrence_of=first,
        by=seats.clerk,
        at=timezone.now(),
    )
    assert report.hazard is not None
    client = signed_in(seats.clerk)
    assert address(report.hazard) in page(client.get(address(first)))
    assert address(first) in page(client.get(address(report.hazard)))


@pytest.mark.parametrize("who", ["clerk", "reviewer"])
def test_a_long_story_costs_no_more_questions_than_a_short_one(
    seats: Desks, who: str
) -> None:
    hazard = planned(seats)
    client = signed_in(getattr(seats, who))
    work(hazard, seats, 3)
    few = queries_of(client, address(hazard))
    work(hazard, seats, 200)

    assert queries_of(client, address(hazard)) == few
    assert page(client.get(address(hazard))).count("timeline-what") > 200


def work(hazard: MajorHazard, seats: Desks, times: int) -> None:
    def spent(life: Living) -> None:
        HazardProgress.objects.create(act=life.act, funds_spent=1)

    evidence = [Evidence(photo(seats, number=7), Moment.AFTER)]
    for _ in range(times):
        do(
            hazard,
            HazardActKind.PROGRESS,
            seats.clerk,
            at=ago(2),
            doing=Doing(text="每日清理。", evidence=evidence),
            then=spent,
        )


def test_strangers_find_nothing(seats: Desks) -> None:
    hazard = planned(seats)
    others = make_desks(on=timezone.localdate())
    for by in (others.clerk, others.reviewer):
        assert signed_in(by).get(address(hazard)).status_code == 404


def test_a_report_sent_again_is_one_more_receipt(seats: Desks) -> None:
    hazard = planned(seats)
    at = ago(1)
    send_and_sign(plan_for(hazard, seats, at=at, due_on=in_days(9)), seats, at=at)
    response = signed_in(seats.clerk).get(address(hazard))
    receipts = [e for e in response.context["story"].entries if e.receipt]
    assert len(receipts) == 3
    assert [e.at for e in receipts] == sorted(e.at for e in receipts)
