"""Hours since discovery, beside the bureau's number: page and seal agree."""

import datetime as dt

import pytest

from accounts.services.policies import set_policy
from hazards.models import Seal
from hazards.queries.promptness import Promptness, promptness
from hazards.queries.report_pages import first_receipt
from tests.factories import NOW, TODAY
from tests.factories_lives import (
    begin_report,
    plan_for,
    planned_hazard,
    send_and_sign,
)
from tests.factories_reports import Desks, make_report

pytestmark = pytest.mark.django_db

HOURS = dt.timedelta(hours=24)
TICK = dt.timedelta(microseconds=1)


def seen(desks: Desks, *, found_at: dt.datetime, at: dt.datetime = NOW) -> Promptness:
    """What the page says of a draft at the instant."""
    report = begin_report(desks, at=NOW, found_at=found_at)
    prompt = promptness(report, bureau=desks.bureau, at=at)
    assert prompt is not None
    return prompt


@pytest.mark.parametrize(
    ("after", "prompt", "hours"),
    [
        (HOURS - TICK, True, 23),
        (HOURS, True, 24),
        (HOURS + TICK, False, 24),
    ],
)
def test_the_last_microsecond_is_prompt_and_page_and_seal_agree(
    desks: Desks, after: dt.timedelta, hours: int, *, prompt: bool
) -> None:
    report = begin_report(desks, at=NOW, found_at=NOW - after)
    before = promptness(report, bureau=desks.bureau, at=NOW)
    seal = send_and_sign(report, desks)
    received = promptness(report, bureau=None, at=NOW + HOURS, receipt=seal)
    assert before is not None
    assert received is not None
    assert (before.is_prompt, received.is_prompt, seal.in_time) == (prompt,) * 3
    assert (before.passed, received.passed) == (hours, hours)
    assert (before.hours, received.hours) == (24, 24)
    assert (before.is_received, received.is_received) == (False, True)
    assert before.until == received.until == seal.due_at


def test_nothing_is_before_discovery(desks: Desks) -> None:
    assert seen(desks, found_at=NOW, at=NOW - TICK).passed == 0


def test_without_a_bureau_no_number_is_named(desks: Desks) -> None:
    report = begin_report(desks)
    assert promptness(report, bureau=None, at=NOW) is None


def test_no_other_report_has_hours(desks: Desks) -> None:
    quarter = make_report(desks)
    assert promptness(quarter, bureau=desks.bureau, at=NOW) is None
    plan = plan_for(planned_hazard(desks), desks)
    assert promptness(plan, bureau=desks.bureau, at=NOW) is None


def test_a_number_of_the_bureau_s_own_is_named_as_its_own(desks: Desks) -> None:
    set_policy(
        bureau=desks.bureau,
        name="prompt_report_hours",
        value="48",
        starts_on=TODAY + dt.timedelta(days=1),
        reason="节假日值守安排。",
        by=desks.head,
        at=NOW,
    )
    found_at = NOW + dt.timedelta(days=2)
    later = found_at + dt.timedelta(hours=1)
    report = begin_report(desks, at=later, found_at=found_at)
    prompt = promptness(report, bureau=desks.bureau, at=later)
    assert prompt is not None
    assert prompt.hours == 48
    assert prompt.policy.entry is not None
    assert first_receipt(report) is None
    assert not Seal.objects.exists()
