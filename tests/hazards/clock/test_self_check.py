"""Each night every duty and flag is compared with what the rules say of the record."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Notice, Role
from hazards import tasks
from hazards.models import (
    ComplianceFlag,
    Drift,
    FlagStatus,
    Obligation,
    ReportStatus,
    SelfCheck,
)
from hazards.services import self_check
from tests.factories import make_acting
from tests.factories_reports import Desks, make_desks, make_report
from tests.hazards.clock.conftest import flags_of, of_quarter, run, shanghai

AT = shanghai("2026-07-20 01:20")


# R14
def test_what_stands_as_the_rules_say_is_no_drift(opened: Desks) -> None:
    make_report(opened, status=ReportStatus.RECEIVED)
    run(AT)
    (walk,) = self_check.check(at=AT)
    assert (walk.checked, walk.drifts, walk.followed) == (1, 0, 0)
    assert walk.finished_at == AT


def test_a_duty_that_drifted_is_written_down_then_follows(opened: Desks) -> None:
    operator = make_acting(Role.OPERATOR)
    run(AT)
    # As a faulty program might have left it: owed, and never flagged again.
    Obligation.objects.filter(pk=of_quarter(opened).pk).update(
        state="satisfied", outlook="satisfied"
    )
    (walk,) = self_check.check(at=AT)
    drift = {row.what: (row.stored, row.expected) for row in Drift.objects.all()}
    assert drift["state"] == ("satisfied", "missing")
    assert drift["outlook"] == ("satisfied", "missing")
    assert walk.drifts == walk.followed == len(drift)
    assert of_quarter(opened).state == "missing"
    notice = Notice.objects.get(kind="drift_found")
    assert notice.recipient == operator.user


def test_a_flag_that_must_not_stand_is_written_down_and_cleared(opened: Desks) -> None:
    make_report(opened, status=ReportStatus.RECEIVED)
    run(AT)
    ComplianceFlag.objects.create(
        kind="missing_quarter",
        enterprise=opened.enterprise,
        obligation=of_quarter(opened),
        status=FlagStatus.STANDING,
        raised_at=AT,
        basis={},
    )
    self_check.check(at=AT)
    assert [row.what for row in Drift.objects.all()] == ["missing_quarter"]
    assert flags_of(of_quarter(opened)) == {"missing_quarter": "cleared"}


def test_a_flag_that_is_missing_is_raised(opened: Desks) -> None:
    run(shanghai("2026-07-01 00:00"))
    row = of_quarter(opened)
    # Moved by hand, past the flags.
    Obligation.objects.filter(pk=row.pk).update(state="missing")
    self_check.check(at=AT)
    assert Drift.objects.get().what == "missing_quarter"
    assert flags_of(row)["missing_quarter"] == "standing"


def test_very_many_differences_are_counted_and_left_to_a_person(
    opened: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(self_check, "FOLLOWED_A_NIGHT", 1)
    run(AT)
    Obligation.objects.filter(pk=of_quarter(opened).pk).update(
        state="satisfied", outlook="satisfied"
    )
    (walk,) = self_check.check(at=AT)
    assert (walk.drifts > 1, walk.followed) == (True, 0)
    assert of_quarter(opened).state == "satisfied"
    assert Drift.objects.filter(followed=True).count() == 0
    assert Drift.objects.count() == 1


def test_a_walk_that_was_cut_short_goes_on_where_it_was(
    opened: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_desks(assigned_on=dt.date(2026, 4, 16))
    run(AT)
    monkeypatch.setattr(self_check, "ENTERPRISES_A_BATCH", 1)
    monkeypatch.setattr(self_check, "BATCHES_A_SLICE", 1)
    (walk,) = self_check.begin(at=AT, of=1)
    assert self_check.check_slice(run_id=walk.pk, at=AT)
    walk.refresh_from_db()
    assert (walk.checked, walk.after, walk.finished_at) == (
        1,
        opened.enterprise.pk,
        None,
    )
    assert self_check.begin(at=AT, of=1) == [walk]
    assert self_check.check_slice(run_id=walk.pk, at=AT)
    assert not self_check.check_slice(run_id=walk.pk, at=AT)
    assert self_check.begin(at=AT, of=1) == []
    walk.refresh_from_db()
    assert (walk.checked, walk.finished_at) == (2, AT)


def test_the_shares_together_are_all(opened: Desks) -> None:
    for _ in range(4):
        make_desks(assigned_on=dt.date(2026, 4, 16))
    run(AT)
    for walk in self_check.begin(at=AT, of=2):
        while self_check.check_slice(run_id=walk.pk, at=AT):
            pass
    assert sum(SelfCheck.objects.values_list("checked", flat=True)) == 5


def test_a_batch_costs_the_same_however_many_are_in_it(opened: Desks) -> None:
    run(AT)

    def cost() -> int:
        SelfCheck.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            self_check.check(at=AT)
        return len(captured)

    before = cost()
    for _ in range(5):
        make_desks(bureau=opened.bureau, assigned_on=dt.date(2026, 4, 16))
    run(AT)
    assert cost() == before


@pytest.mark.django_db
def test_the_jobs_are_sent_without_a_walk_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(
        tasks.check_duties_slice, "delay", lambda *, run_id: sent.append(run_id)
    )
    tasks.check_duties()
    assert sorted(sent) == sorted(SelfCheck.objects.values_list("pk", flat=True))
    for run_id in sent:
        tasks.check_duties_slice(run_id=run_id)
        tasks.check_duties_slice(run_id=run_id)
    del sent[:]
    tasks.check_duties()
    assert sent == []
