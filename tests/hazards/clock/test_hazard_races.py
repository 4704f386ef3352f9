"""
Two acts about one step of reminding of a hazard: each order is forced by the lock on
which the second waits.
"""

from functools import partial

import psycopg
import pytest
from django.db.models import Count

from hazards.models import HazardActKind, MajorHazard, Reminder, ReminderLine
from hazards.services import hazard_reminding, scans
from tests.factories_lives import DUE_ON, do, planned_hazard
from tests.factories_reports import Desks, make_desks
from tests.hazards.clock.conftest import run, shanghai
from tests.hazards.clock.hazard_acts import (
    BEGAN,
    confirm_acceptance,
    record_acceptance,
)
from tests.hazards.records.together import Act, not_yet_committed

pytestmark = pytest.mark.django_db(transaction=True)

AT = shanghai("2026-10-01 08:00")
"""The morning after the deadline."""


@pytest.fixture
def desks() -> Desks:
    desks = make_desks(assigned_on=BEGAN.date())
    run(BEGAN)
    return desks


@pytest.fixture
def hazard(desks: Desks) -> MajorHazard:
    """A hazard on its deadline's day, all up to now reminded of."""
    hazard = planned_hazard(desks, at=BEGAN)
    run(shanghai(f"{DUE_ON} 08:00"))
    return hazard


def after_it(hazard: MajorHazard) -> list[int]:
    taken = Reminder.objects.filter(hazard=hazard, kind="hazard_after")
    return list(taken.values_list("step", flat=True))


def test_a_step_that_two_runs_come_to_is_taken_once(
    hazard: MajorHazard, as_superuser: psycopg.Connection
) -> None:
    with not_yet_committed(partial(hazard_reminding.remind, at=AT)):
        second = Act(partial(scans.scan, at=AT))
        second.wait_until_it_waits(as_superuser)
    second.finish()
    assert after_it(hazard) == [1]
    lines = ReminderLine.objects.values("reminder", "recipient")
    assert set(lines.annotate(times=Count("id")).values_list("times", flat=True)) == {1}


def test_a_step_that_comes_while_the_hazard_is_accepted_is_not_taken(
    desks: Desks, hazard: MajorHazard, as_superuser: psycopg.Connection
) -> None:
    record, confirm = HazardActKind.RECORD_ACCEPTANCE, HazardActKind.CONFIRM_ACCEPTANCE
    before = shanghai(f"{DUE_ON} 17:00")
    do(hazard, record, desks.clerk, at=before, then=record_acceptance)
    accepting = partial(
        do, hazard, confirm, desks.principal, at=AT, then=confirm_acceptance
    )
    with not_yet_committed(accepting):
        scanning = Act(partial(scans.scan, at=AT))
        scanning.wait_until_it_waits(as_superuser)
    scanning.finish()
    assert after_it(hazard) == []
    assert MajorHazard.objects.get(pk=hazard.pk).remind_at is None


def test_what_is_done_while_a_step_is_taken_waits_and_is_kept(
    desks: Desks, hazard: MajorHazard, as_superuser: psycopg.Connection
) -> None:
    with not_yet_committed(partial(hazard_reminding.remind, at=AT)):
        progress = Act(partial(do, hazard, HazardActKind.PROGRESS, desks.clerk, at=AT))
        progress.wait_until_it_waits(as_superuser)
    progress.finish()
    hazard.refresh_from_db()
    assert hazard.state == "rectifying"
    assert after_it(hazard) == [1]
    assert hazard.remind_at is not None
    assert hazard.remind_at > AT
