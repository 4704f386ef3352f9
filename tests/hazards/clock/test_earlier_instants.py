"""
A clock that was set back, or a run as of an instant that has passed, takes nothing back
that is on record by now.
"""

# R9
from accounts.models import EnterpriseChange
from hazards.models import ComplianceFlag, Reminder, ReportStatus
from tests.factories_reports import Desks, make_report
from tests.hazards.clock.conftest import flags_of, of_quarter, of_year, run, shanghai


def changed(desks: Desks) -> None:
    """Something about the enterprise changed, so that its duties are followed anew."""
    EnterpriseChange.objects.create(
        enterprise=desks.enterprise, from_on=shanghai("2026-04-16 00:00").date()
    )


def test_a_report_received_after_the_instant_of_a_run_is_seen_by_it(
    opened: Desks,
) -> None:
    make_report(opened, status=ReportStatus.RECEIVED, at=shanghai("2026-07-20 10:00"))
    changed(opened)
    run(shanghai("2026-07-16 08:00"))
    assert of_quarter(opened).outlook == "satisfied_late"
    assert of_quarter(opened).state == "satisfied_late"
    assert flags_of(of_quarter(opened))["missing_quarter"] == "cleared"
    assert not Reminder.objects.filter(obligation=of_quarter(opened)).exists()


def test_the_provisional_flag_of_new_year_stands_though_the_clock_goes_back_an_hour(
    opened: Desks,
) -> None:
    run(shanghai("2027-01-01 00:00"))
    assert flags_of(of_year(opened)) == {"principal_absent": "standing"}
    changed(opened)
    run(shanghai("2026-12-31 23:30"))
    run(shanghai("2027-01-01 00:30"))
    flag = ComplianceFlag.objects.get(obligation=of_year(opened))
    assert list(flag.events.values_list("change", flat=True)) == ["raised"]


def test_the_flag_of_an_uninspected_quarter_stands_though_the_clock_goes_back_a_day(
    opened: Desks,
) -> None:
    run(shanghai("2026-07-01 00:00"))
    changed(opened)
    run(shanghai("2026-06-30 00:00"))
    row = of_quarter(opened)
    assert flags_of(row) == {"quarter_not_inspected": "standing"}
    run(shanghai("2026-07-01 01:00"))
    flag = ComplianceFlag.objects.get(obligation=row)
    assert list(flag.events.values_list("change", flat=True)) == ["raised"]


def test_what_was_moved_and_reminded_of_is_not_taken_back(opened: Desks) -> None:
    run(shanghai("2026-07-16 08:00"))
    kept = list(Reminder.objects.order_by("id").values())
    for text in ("2026-07-16 07:00", "2026-07-15 08:00", "2026-07-16 09:00"):
        changed(opened)
        run(shanghai(text))
        assert of_quarter(opened).state == "missing"
        assert flags_of(of_quarter(opened))["missing_quarter"] == "standing"
        assert list(Reminder.objects.order_by("id").values()) == kept
