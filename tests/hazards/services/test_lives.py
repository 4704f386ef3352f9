"""A hazard reported at once, its plan, and the one place where its state moves."""

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.permissions import NotPermittedError
from hazards.models import (
    HAZARD_MOVES,
    HazardAct,
    HazardActKind,
    HazardState,
    MajorHazard,
    ReportKind,
    ReportStatus,
    Seal,
)
from hazards.queries.verification import faults
from hazards.services.lives import Doing, living
from hazards.workflow import hazard_moves
from tests.factories import NOW, SHANGHAI
from tests.factories_lives import (
    DUE_ON,
    begin_report,
    do,
    plan_for,
    planned_hazard,
    reported_hazard,
    send_and_sign,
)
from tests.factories_reports import (
    Desks,
    lodge,
    make_inspection,
    make_report,
    sign_later,
)

pytestmark = pytest.mark.django_db


def test_the_database_lets_pass_just_the_moves_of_the_table() -> None:
    assert hazard_moves() == frozenset(HAZARD_MOVES)
    assert len(HAZARD_MOVES) == len(set(HAZARD_MOVES))


def test_a_hazard_reported_at_once_is_received_with_its_own_number_and_time(
    desks: Desks,
) -> None:
    report = begin_report(desks)
    hazard = report.hazard
    assert hazard is not None
    assert (report.kind, hazard.state) == (ReportKind.HAZARD, HazardState.FOUND)
    seal = send_and_sign(report, desks)
    hazard.refresh_from_db()
    report.refresh_from_db()
    assert seal.seal_format == "hazard-report/1"
    assert hazard.state == HazardState.REPORTED
    assert (hazard.first_reported_at, hazard.first_reported_to) == (NOW, desks.bureau)
    assert hazard.bureau == desks.bureau
    assert report.status == ReportStatus.RECEIVED
    assert [act.kind for act in hazard.acts.order_by("id")] == ["register", "report"]
    assert list(faults()) == []


@pytest.mark.parametrize(
    ("after", "prompt"),
    [
        (dt.timedelta(hours=24), True),
        (dt.timedelta(hours=24, microseconds=1), False),
    ],
)
def test_it_is_prompt_within_the_hours_of_the_bureau(
    desks: Desks, after: dt.timedelta, *, prompt: bool
) -> None:
    found_at = NOW - after
    seal = send_and_sign(begin_report(desks, found_at=found_at), desks)
    assert seal.in_time is prompt
    assert seal.due_at == found_at + dt.timedelta(hours=24)


def test_a_report_at_once_serves_no_quarter(desks: Desks) -> None:
    reported_hazard(desks)
    assert make_report(desks).status == ReportStatus.DRAFT


def test_the_first_complete_plan_sets_the_deadline_and_no_later_one_moves_it(
    desks: Desks,
) -> None:
    hazard = planned_hazard(desks)
    assert (hazard.state, hazard.due_on) == (HazardState.PLANNED, DUE_ON)
    assert hazard.planned_at == NOW
    later = NOW + dt.timedelta(days=1)
    again = plan_for(hazard, desks, at=later, due_on=DUE_ON + dt.timedelta(days=30))
    send_and_sign(again, desks, at=later)
    hazard.refresh_from_db()
    assert (hazard.due_on, hazard.planned_at) == (DUE_ON, NOW)
    assert list(faults()) == []


def test_what_is_lodged_unsigned_reports_it_and_a_later_signature_moves_nothing(
    desks: Desks,
) -> None:
    report = begin_report(desks)
    lodge(report, desks)
    report.refresh_from_db()
    sign_later(report, desks)
    hazard = MajorHazard.objects.get(reports=report)
    assert hazard.first_reported_at == NOW
    assert Seal.objects.filter(version__report=report).count() == 2
    assert list(faults()) == []


def test_a_quarterly_report_names_it_with_its_plan_and_its_statistics(
    desks: Desks,
) -> None:
    hazard = planned_hazard(desks)
    make_inspection(desks)
    report = make_report(desks)
    stated = report.versions.get().stated.get()
    assert (stated.hazard, stated.due_on) == (hazard, DUE_ON)


def test_a_state_never_moves_without_its_act(desks: Desks) -> None:
    hazard = reported_hazard(desks)
    row = MajorHazard.objects.filter(pk=hazard.pk)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="moves with its act"), transaction.atomic():
        row.update(state=HazardState.DOWNGRADED)


def test_progress_before_the_plan_waits_for_it_and_after_it_rectifies(
    desks: Desks,
) -> None:
    hazard = reported_hazard(desks)
    do(hazard, HazardActKind.PROGRESS, desks.clerk)
    assert hazard.state == HazardState.REPORTED
    later = NOW + dt.timedelta(minutes=1)
    send_and_sign(plan_for(hazard, desks, at=later), desks, at=later)
    do(hazard, HazardActKind.PROGRESS, desks.clerk)
    assert hazard.state == HazardState.RECTIFYING


def test_the_same_form_sent_twice_is_one_act(desks: Desks) -> None:
    hazard, doing = reported_hazard(desks), Doing(text="清理", key=uuid.uuid4())
    for _ in range(2):
        do(hazard, HazardActKind.PROGRESS, desks.clerk, doing=doing)
    assert HazardAct.objects.filter(kind=HazardActKind.PROGRESS).count() == 1


def test_nothing_is_done_about_a_hazard_before_it_is_reported(desks: Desks) -> None:
    report = begin_report(desks)
    assert report.hazard is not None
    with (
        pytest.raises(NotPermittedError, match="report it first"),
        living(
            report.hazard.pk,
            HazardActKind.PROGRESS,
            doing=Doing(text="x"),
            by=desks.clerk,
            at=dt.datetime(2026, 7, 1, tzinfo=SHANGHAI),
        ),
    ):
        pass
