"""Each night every hazard is compared with what its acts and receipts have come to."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Notice, Role
from hazards.models import (
    Drift,
    HazardActKind,
    HazardState,
    MajorHazard,
    SelfCheck,
)
from hazards.services import self_check
from tests.database.stages import stage
from tests.factories import make_acting
from tests.factories_lives import DUE_ON, do, planned_hazard, reported_hazard
from tests.factories_reports import Desks, make_desks
from tests.hazards.clock.conftest import run, shanghai
from tests.hazards.clock.hazard_acts import (
    BEGAN,
    accepted_hazard,
    answer,
    apply_for_recheck,
    ask,
    fail_recheck,
)

AT = shanghai("2026-08-20 01:20")
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)

pytestmark = pytest.mark.django_db


@stage
def desks(db: None) -> Desks:
    desks = make_desks(assigned_on=dt.date(2026, 8, 1))
    run(BEGAN)
    return desks


def checked() -> SelfCheck:
    run(AT)
    (walk,) = self_check.check(at=AT)
    return walk


def drift() -> dict[str, tuple[str, str]]:
    return {row.what: (row.stored, row.expected) for row in Drift.objects.all()}


# R14
def test_hazards_in_every_state_that_acts_brought_them_to_are_no_drift(
    desks: Desks,
) -> None:
    reported_hazard(desks, at=BEGAN)
    later = BEGAN + HOUR
    extended = planned_hazard(desks, at=later)
    asking = ask(DUE_ON + 30 * DAY, by_bureau=False)
    do(extended, HazardActKind.ASK_EXTENSION, desks.clerk, at=later, then=asking)
    do(
        extended,
        HazardActKind.ANSWER_EXTENSION,
        desks.principal,
        at=later,
        then=answer(approved=True),
    )
    do(extended, HazardActKind.ASK_EXTENSION, desks.clerk, at=later, then=asking_more)
    failed = accepted_hazard(desks, at=BEGAN + 2 * HOUR)
    later = BEGAN + 3 * HOUR
    apply, fail = HazardActKind.APPLY_FOR_RECHECK, HazardActKind.FAIL_RECHECK
    do(failed, apply, desks.clerk, at=later, then=apply_for_recheck)
    waiting = accepted_hazard(desks, at=BEGAN + 4 * HOUR)
    do(waiting, apply, desks.clerk, at=BEGAN + 5 * HOUR, then=apply_for_recheck)
    again = fail_recheck(DUE_ON + 9 * DAY, desks)
    do(failed, fail, desks.reviewer, at=later, then=again)
    closed = accepted_hazard(desks, at=BEGAN + 6 * HOUR)
    do(
        closed,
        HazardActKind.CLOSE,
        desks.leader,
        at=BEGAN + 7 * HOUR,
        then=lambda life: setattr(life.hazard, "closed_at", life.act.at),
    )
    walk = checked()
    assert drift() == {}
    assert walk.drifts == 0
    states = set(MajorHazard.objects.values_list("state", flat=True))
    assert states == {
        HazardState.REPORTED,
        HazardState.PLANNED,
        HazardState.RECTIFYING,
        HazardState.AWAITING_RECHECK,
        HazardState.CLOSED,
    }


asking_more = ask(DUE_ON + 60 * DAY, by_bureau=False)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("due_on", DUE_ON + DAY),
        ("is_ordered", True),
        ("stop_ordered", "whole"),
        ("listed", "city"),
        ("extension_asked_at", BEGAN),
        ("recheck_due_on", DUE_ON),
    ],
)
def test_a_column_that_no_act_gave_is_written_down_and_left_to_a_person(
    desks: Desks, column: str, value: object
) -> None:
    operator = make_acting(Role.OPERATOR)
    hazard = planned_hazard(desks, at=BEGAN)
    MajorHazard.objects.filter(pk=hazard.pk).update(**{column: value})
    walk = checked()
    stored, _expected = drift()[column]
    shown = value.isoformat() if isinstance(value, dt.datetime) else str(value)
    assert stored == shown
    rows = Drift.objects.filter(what=column)
    assert [(row.hazard_id, row.followed) for row in rows] == [(hazard.pk, False)]
    assert walk.drifts > 0
    hazard.refresh_from_db()
    assert getattr(hazard, column) == value
    assert Notice.objects.get(kind="drift_found").recipient == operator.user


def test_a_state_that_no_act_gave_is_written_down(desks: Desks) -> None:
    hazard = planned_hazard(desks, at=BEGAN)
    run(AT)
    with transaction.atomic():
        # At the end of the transaction the database would refuse it.
        MajorHazard.objects.filter(pk=hazard.pk).update(state=HazardState.RECTIFYING)
        self_check.check(at=AT)
        assert drift() == {"state": ("rectifying", "planned")}
        transaction.set_rollback(True)


def test_a_reminder_that_would_never_come_is_set_again(desks: Desks) -> None:
    hazard = planned_hazard(desks, at=BEGAN)
    right = hazard.remind_at
    assert right is not None
    MajorHazard.objects.filter(pk=hazard.pk).update(remind_at=None)
    walk = checked()
    assert drift() == {"remind_at": ("None", "2026-09-20T08:00:00+08:00")}
    assert (walk.drifts, walk.followed) == (1, 1)
    hazard.refresh_from_db()
    assert hazard.remind_at == right


def test_a_batch_costs_the_same_however_many_hazards_are_in_it(desks: Desks) -> None:
    planned_hazard(desks, at=BEGAN)
    run(AT)

    def cost() -> int:
        SelfCheck.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            self_check.check(at=AT)
        return len(captured)

    before = cost()
    for number in range(1, 4):
        planned_hazard(desks, at=BEGAN + number * HOUR)
    assert cost() == before
