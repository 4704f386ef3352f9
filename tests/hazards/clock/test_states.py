"""A duty stands as the record and the clock have it."""

import datetime as dt

from accounts.models import Bureau, BureauPolicy, Role, SupervisionAssignment
from accounts.queries.memberships import receiving_bureau
from accounts.services import sites
from hazards.models import ComplianceFlag, FlagEvent, ReportStatus
from hazards.queries.grounds import Why, grounds
from tests.factories import SHANGHAI, make_acting, make_bureau
from tests.factories_reports import Desks, make_report
from tests.hazards.clock.conftest import (
    DUE_AT,
    MICROSECOND,
    flags_of,
    of_quarter,
    run,
    shanghai,
)


def test_an_open_quarter_is_not_due_and_its_instant_is_stored(opened: Desks) -> None:
    row = of_quarter(opened)
    assert (row.state, row.outlook) == ("not_due", "missing")
    assert row.due_at == DUE_AT
    assert row.bureau == opened.bureau


def test_at_its_due_instant_it_is_in_time_and_a_microsecond_later_missing(
    opened: Desks,
) -> None:
    run(DUE_AT)
    assert of_quarter(opened).state == "not_due"
    assert "missing_quarter" not in flags_of(of_quarter(opened))

    run(DUE_AT + MICROSECOND)
    assert of_quarter(opened).state == "missing"
    assert flags_of(of_quarter(opened))["missing_quarter"] == "standing"


def test_a_second_run_adds_nothing(opened: Desks) -> None:
    at = shanghai("2026-07-16 09:00")
    run(at)
    before = list(FlagEvent.objects.values_list("id"))
    again = run(at)
    assert list(FlagEvent.objects.values_list("id")) == before
    assert (again.moved, again.flags_raised, again.reminders, again.notices) == (
        0,
        0,
        0,
        0,
    )


def test_a_received_report_satisfies_the_quarter_at_once(opened: Desks) -> None:
    report = make_report(opened, status=ReportStatus.RECEIVED)
    assert report.first_received_at is not None
    assert of_quarter(opened).outlook == "satisfied"
    run(DUE_AT + MICROSECOND)
    assert of_quarter(opened).state == "satisfied"
    assert "missing_quarter" not in flags_of(of_quarter(opened))


def test_a_late_report_clears_the_flag_and_is_noted_as_late(opened: Desks) -> None:
    run(shanghai("2026-07-16 00:00"))
    make_report(opened, status=ReportStatus.RECEIVED, at=shanghai("2026-07-20 10:00"))
    row = of_quarter(opened)
    assert row.state == "satisfied_late"
    assert flags_of(row)["missing_quarter"] == "cleared"
    flag = ComplianceFlag.objects.get(obligation=row, kind="missing_quarter")
    assert list(flag.events.order_by("id").values_list("change", "cause")) == [
        ("raised", "missing"),
        ("cleared", "satisfied_late"),
    ]


def test_where_nobody_receives_any_more_a_person_must_judge(opened: Desks) -> None:
    assignment = SupervisionAssignment.objects.get(enterprise=opened.enterprise)
    assignment.ends_on = dt.date(2026, 7, 1)
    assignment.end_recorded_at = shanghai("2026-07-01 12:00")
    assignment.save()
    run(shanghai("2026-07-02 00:00"))
    run(DUE_AT + MICROSECOND)
    row = of_quarter(opened)
    assert row.state == "pending"
    assert "missing_quarter" not in flags_of(row)
    # Nor is it said of an empty record that it lists external people.
    why = grounds(opened.enterprise, [row], at=DUE_AT + MICROSECOND)
    assert [ground.why for ground in why.values()] == [Why.NOBODY_RECEIVES]


def test_a_bureau_that_takes_over_moves_what_is_due_later_and_never_earlier(
    opened: Desks,
) -> None:
    later, earlier = make_bureau(), make_bureau()
    for bureau, day in ((later, "20"), (earlier, "8")):
        BureauPolicy.objects.create(
            bureau=bureau,
            name="filing_due_day",
            value=day,
            starts_on=dt.date(2026, 1, 1),
            recorded_at=shanghai("2026-01-01 09:00"),
        )
    for bureau, on in ((later, "2026-05-01"), (earlier, "2026-06-01")):
        hand_over_to(bureau, opened, on=dt.date.fromisoformat(on))
        run(shanghai(f"{on} 00:00"))
        row = of_quarter(opened)
        assert row.bureau == bureau
        assert row.due_at == shanghai("2026-07-20 23:59:59.999999")
    (change,) = row.due_changes.all()
    assert (change.from_at, change.to_at) == (DUE_AT, row.due_at)


def hand_over_to(bureau: Bureau, desks: Desks, *, on: dt.date) -> None:
    """Let another bureau receive from the day on."""
    now = receiving_bureau(desks.enterprise, on=on)
    sites.hand_over(
        enterprise=desks.enterprise,
        site=None,
        bureau=bureau,
        starts_on=on,
        reason="管辖调整",
        by=make_acting(Role.BUREAU_HEAD, bureau=now, on=on),
        at=dt.datetime.combine(on, dt.time(), tzinfo=SHANGHAI),
    )
