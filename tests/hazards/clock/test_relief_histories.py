"""After any sequence of acts the rows are what the pure function says of them."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.permissions import RefusedError
from hazards.models import ReportStatus, Suspension
from hazards.rules import obligations as rules
from hazards.rules.quarters import Quarter
from tests.factories import LONG_AGO
from tests.factories_reports import QUARTER, Desks, make_report
from tests.hazards.clock.conftest import (
    DUE_AT,
    MICROSECOND,
    flags_of,
    of_quarter,
    run,
    shanghai,
)
from tests.hazards.clock.test_relief import answer, correct, declare, resume, waive

pytestmark = pytest.mark.django_db

START = shanghai("2026-07-06 10:00")
FIRSTS = [dt.date(2026, 3, 20), dt.date(2026, 4, 1), dt.date(2026, 4, 2)]
LASTS = [None, dt.date(2026, 6, 29), dt.date(2026, 6, 30), dt.date(2026, 7, 5)]
FOUNDED = [LONG_AGO, dt.date(2026, 3, 31), dt.date(2026, 4, 1), dt.date(2026, 4, 2)]
DAYS_WAIVED = [None, 0, 1, 9]


@dataclass
class Told:
    """What a witness would write down who knows nothing of rows."""

    established_on: dt.date = LONG_AGO
    stops: dict[int, rules.Suspension] = field(default_factory=dict)
    waivers: list[rules.Waiver] = field(default_factory=list)
    received: list[rules.ReceivedReport] = field(default_factory=list)

    def facts(self) -> rules.QuarterFacts:
        """What decides the quarter."""
        return rules.QuarterFacts(
            quarter=QUARTER,
            established_on=self.established_on,
            due_at=DUE_AT,
            first_quarter=Quarter(2025, 2),
            suspensions=tuple(self.stops.values()),
            waivers=tuple(self.waivers),
            received=tuple(self.received),
        )


Act = Callable[[Desks, Told, dt.datetime], None]


def declares(from_on: dt.date, to_on: dt.date | None) -> Act:
    def act(desks: Desks, told: Told, at: dt.datetime) -> None:
        row = declare(desks, from_on=from_on, to_on=to_on, at=at)
        told.stops[row.pk] = rules.Suspension(from_on, to_on, at)

    return act


def answers(confirmed: bool) -> Act:  # noqa: FBT001 (drawn)
    def act(desks: Desks, told: Told, at: dt.datetime) -> None:
        row = Suspension.objects.filter(confirmed__isnull=True).earliest("id")
        answer(desks, row, confirmed=confirmed, at=at)
        told.stops[row.pk] = replace(told.stops[row.pk], confirmed=confirmed)

    return act


def resumes(to_on: dt.date) -> Act:
    def act(desks: Desks, told: Told, at: dt.datetime) -> None:
        row = Suspension.objects.filter(to_on__isnull=True).earliest("id")
        resume(desks, row, to_on, at=at)
        told.stops[row.pk] = replace(told.stops[row.pk], to_on=to_on)

    return act


def waives(days: int | None) -> Act:
    def act(desks: Desks, told: Told, at: dt.datetime) -> None:
        ends = None if days is None else at.date() + dt.timedelta(days=days)
        waive(desks, expires_on=ends, at=at)
        told.waivers.append(rules.Waiver(ends))

    return act


def founds(day: dt.date) -> Act:
    def act(desks: Desks, told: Told, at: dt.datetime) -> None:
        correct(desks, day, at=at)
        told.established_on = day

    return act


def reports(desks: Desks, told: Told, at: dt.datetime) -> None:
    if told.received:
        return
    make_report(desks, status=ReportStatus.RECEIVED, at=at)
    visit = QUARTER.starts_on + dt.timedelta(days=40)
    listed = rules.ListedVisit(visit, visit, internal=True)
    told.received.append(rules.ReceivedReport(at, (listed,)))


ACTS = st.one_of(
    st.builds(declares, st.sampled_from(FIRSTS), st.sampled_from(LASTS)),
    st.builds(answers, st.booleans()),
    st.builds(resumes, st.sampled_from([day for day in LASTS if day])),
    st.builds(waives, st.sampled_from(DAYS_WAIVED)),
    st.builds(founds, st.sampled_from(FOUNDED)),
    st.just(reports),
)
HISTORIES = st.lists(st.tuples(st.integers(0, 9), ACTS), min_size=3, max_size=9)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(HISTORIES)
def test_rows_are_what_the_pure_function_says(
    opened: Desks, history: list[tuple[int, Act]]
) -> None:
    with transaction.atomic():
        told, at = Told(), START
        for days, act in history:
            at += dt.timedelta(days=days, minutes=1)
            run(at)
            # What is refused changes nothing: the rows must show that as well.
            with suppress(RefusedError, Suspension.DoesNotExist):
                act(opened, told, at)
            _compare(opened, told, at)
        transaction.set_rollback(True)


def _compare(desks: Desks, told: Told, at: dt.datetime) -> None:
    row, seen = of_quarter(desks), at + MICROSECOND
    assert row.outlook == rules.quarter_outlook(told.facts(), seen)
    assert row.state == rules.quarter_state(told.facts(), seen)
    flag = flags_of(row).get("missing_quarter")
    assert (flag == "standing") == (row.state == "missing")
