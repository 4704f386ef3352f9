"""Two at once about one hazard: no act is lost, none is done double."""

import datetime as dt
from functools import partial
from typing import Any

import psycopg
import pytest

from accounts.permissions import NotPermittedError
from hazards.models import (
    HazardAcceptance,
    HazardAct,
    HazardActKind,
    HazardExtension,
    HazardState,
    MajorHazard,
)
from hazards.queries.verification import faults
from hazards.services import acceptances, closings, extensions, progress
from hazards.services.lives import Doing
from tests.factories import NOW
from tests.factories_lives import (
    DUE_ON,
    accepted_hazard,
    confirm_acceptance,
    doing,
    planned_hazard,
    record_acceptance,
)
from tests.factories_reports import Desks
from tests.hazards.records.together import Act, at_once, not_yet_committed

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + dt.timedelta(minutes=1)
TO_ON = DUE_ON + dt.timedelta(days=30)


@pytest.fixture
def planned(desks: Desks) -> MajorHazard:
    return planned_hazard(desks)


def asking(hazard: MajorHazard, desks: Desks, by: str = "clerk") -> Any:
    return partial(
        extensions.ask,
        hazard_id=hazard.pk,
        doing=Doing(text="设备到货推迟。"),
        to_on=TO_ON,
        interim_measures="停用。",
        by=getattr(desks, by),
        at=NOW,
    )


def answering(
    hazard: MajorHazard, desks: Desks, asked: HazardAct, *, approved: bool
) -> Any:
    return partial(
        extensions.answer,
        hazard_id=hazard.pk,
        asked=asked.key,
        approved=approved,
        doing=Doing(text="见理由。"),
        by=desks.principal,
        at=NOW,
    )


def going_on(hazard: MajorHazard, desks: Desks, text: str = "更换阀门。") -> Any:
    return partial(
        progress.record,
        hazard_id=hazard.pk,
        doing=doing(desks, text),
        by=desks.member,
        at=NOW,
    )


def count(kind: HazardActKind) -> int:
    return HazardAct.objects.filter(kind=kind).count()


def test_of_two_answers_to_one_request_one_stands(
    desks: Desks, planned: MajorHazard, as_superuser: psycopg.Connection
) -> None:
    asked = asking(planned, desks)()
    with not_yet_committed(answering(planned, desks, asked, approved=True)):
        second = Act(answering(planned, desks, asked, approved=False))
        second.wait_until_it_waits(as_superuser)
    assert isinstance(second.error(), NotPermittedError)
    planned.refresh_from_db()
    assert planned.due_on == TO_ON
    assert HazardExtension.objects.get().approved
    assert count(HazardActKind.ANSWER_EXTENSION) == 1


def test_of_two_requests_for_more_time_one_stands(
    desks: Desks, planned: MajorHazard
) -> None:
    came = at_once(asking(planned, desks), asking(planned, desks, "leader"))
    assert [isinstance(one, NotPermittedError) for one in came].count(True) == 1
    assert HazardExtension.objects.count() == 1


def test_two_entries_of_progress_both_stand(
    desks: Desks, planned: MajorHazard, as_superuser: psycopg.Connection
) -> None:
    with not_yet_committed(going_on(planned, desks, "第一步。")):
        second = Act(going_on(planned, desks, "第二步。"))
        second.wait_until_it_waits(as_superuser)
    second.finish()
    planned.refresh_from_db()
    assert planned.state == HazardState.RECTIFYING
    assert [
        (act.text, act.from_state)
        for act in planned.acts.filter(kind="progress").order_by("id")
    ] == [("第一步。", "planned"), ("第二步。", "rectifying")]
    assert list(faults()) == []


def test_progress_that_waits_for_an_acceptance_is_told_so_and_writes_nothing(
    desks: Desks, planned: MajorHazard, as_superuser: psycopg.Connection
) -> None:
    recorded = record_acceptance(planned, desks)
    confirming = partial(confirm_acceptance, planned, recorded, desks, at=LATER)
    with not_yet_committed(confirming):
        late = Act(going_on(planned, desks))
        late.wait_until_it_waits(as_superuser)
    assert "accepted by the enterprise" in str(late.error())
    planned.refresh_from_db()
    assert planned.state == HazardState.ACCEPTED
    assert count(HazardActKind.PROGRESS) == 0


def test_an_acceptance_that_waits_for_progress_comes_after_it(
    desks: Desks, planned: MajorHazard, as_superuser: psycopg.Connection
) -> None:
    recorded = record_acceptance(planned, desks)
    with not_yet_committed(going_on(planned, desks)):
        second = Act(partial(confirm_acceptance, planned, recorded, desks, at=LATER))
        second.wait_until_it_waits(as_superuser)
    second.finish()
    planned.refresh_from_db()
    assert planned.state == HazardState.ACCEPTED
    assert count(HazardActKind.PROGRESS) == 1
    last = planned.acts.order_by("id").last()
    assert last is not None
    assert last.from_state == HazardState.RECTIFYING


def test_of_two_acceptances_recorded_at_once_one_waits(
    desks: Desks, planned: MajorHazard
) -> None:
    recording = partial(record_acceptance, planned, desks)
    came = at_once(recording, recording)
    assert [isinstance(one, NotPermittedError) for one in came].count(True) == 1
    assert HazardAcceptance.objects.count() == 1


def test_of_confirming_and_giving_back_one_stands(
    desks: Desks, planned: MajorHazard
) -> None:
    recorded = record_acceptance(planned, desks)
    came = at_once(
        partial(confirm_acceptance, planned, recorded, desks, at=LATER),
        partial(
            acceptances.give_back,
            hazard_id=planned.pk,
            recorded=recorded.key,
            doing=Doing(text="未完成。"),
            by=desks.principal,
            at=LATER,
        ),
    )
    assert [isinstance(one, NotPermittedError) for one in came].count(True) == 1
    planned.refresh_from_db()
    confirmed = HazardAcceptance.objects.get().confirmed
    assert (planned.state == HazardState.ACCEPTED) is confirmed


def test_a_form_sent_twice_at_once_is_one_act(
    desks: Desks, planned: MajorHazard
) -> None:
    recording = partial(
        progress.record,
        hazard_id=planned.pk,
        doing=Doing(text="更换阀门。", key=planned.public_id),
        by=desks.clerk,
        at=NOW,
    )
    first, second = at_once(recording, recording)
    assert first == second
    assert count(HazardActKind.PROGRESS) == 1


def test_of_closing_and_applying_one_stands(desks: Desks) -> None:
    hazard = accepted_hazard(desks)
    at = LATER + dt.timedelta(minutes=1)
    said: dict[str, Any] = {
        "hazard_id": hazard.pk,
        "doing": Doing(text="验收合格。"),
        "at": at,
    }
    came = at_once(
        partial(closings.close, by=desks.leader, **said),
        partial(closings.apply_for_recheck, by=desks.clerk, **said),
    )
    assert [isinstance(one, NotPermittedError) for one in came].count(True) == 1
    hazard.refresh_from_db()
    assert hazard.state in {HazardState.CLOSED, HazardState.AWAITING_RECHECK}
