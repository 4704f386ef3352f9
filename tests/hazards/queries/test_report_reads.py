"""What pages read of reports: who sees what, in which order, with how many queries."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role
from accounts.queries.memberships import receiving_bureau
from hazards.models import (
    ReportStatus,
    SelfInspection,
    SelfInspectionReport,
)
from hazards.queries import queue, report_lists, report_pages
from hazards.queries.deadlines import calendar_of
from hazards.queries.desks import enterprise_desk
from hazards.queries.timelines import timeline_of
from hazards.rules.quarters import Quarter
from hazards.services import inspections, reports, scans
from tests.factories import NOW, SHANGHAI, make_acting, make_bureau, make_enterprise
from tests.factories_reports import (
    QUARTER,
    Desks,
    correct,
    make_desks,
    make_inspection,
    make_report,
)

# the queue


def test_the_queue_is_by_age_and_paged_without_gap_or_double(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PAGE_SIZE", 2)
    waiting = [
        make_report(
            desks,
            status=status,
            quarter=QUARTER.shifted(-back),
            at=NOW - dt.timedelta(microseconds=back),
        )
        for back, status in enumerate(
            [ReportStatus.RECEIVED, ReportStatus.UNDER_REVIEW, ReportStatus.RECEIVED]
        )
    ]
    make_report(desks, status=ReportStatus.AWAITING_SIGNATURE, quarter=Quarter(2025, 3))

    first = queue.queue_page(desks.bureau)
    second = queue.queue_page(desks.bureau, after=first.next_key)

    assert first.reports + second.reports == waiting[::-1]
    assert (len(first.reports), second.next_key) == (2, "")
    assert queue.queue_page(make_bureau()).reports == []


@pytest.mark.parametrize(
    "key", ["", "x", "~", "1~x", "nan~1", "inf~1", "1e300~1", "-1e300~1"]
)
def test_a_key_that_cannot_be_read_starts_anew(desks: Desks, key: str) -> None:
    report = make_report(desks, status=ReportStatus.RECEIVED)
    assert queue.queue_page(desks.bureau, after=key).reports == [report]
    if "~" not in key[1:]:
        assert report_lists.report_list_page(desks.clerk, after=key).reports == [report]


@pytest.mark.parametrize("key", [f"1~{10**30}", f"2026Q2~{10**30}", f"{10**30}~1"])
def test_a_key_of_impossible_numbers_is_no_error(desks: Desks, key: str) -> None:
    make_report(desks, status=ReportStatus.RECEIVED)
    queue.queue_page(desks.bureau, after=key)
    report_lists.report_list_page(desks.clerk, after=key)


# lists


def test_lists_show_the_newest_quarter_first_and_only_what_one_may_see(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_lists, "PAGE_SIZE", 1)
    draft = make_report(desks)
    filed = make_report(desks, status=ReportStatus.RECEIVED, quarter=Quarter(2026, 1))

    first = report_lists.report_list_page(desks.clerk)
    second = report_lists.report_list_page(desks.clerk, after=first.next_key)

    assert (first.reports, second.reports, second.next_key) == ([draft], [filed], "")
    assert report_lists.report_list_page(desks.reviewer).reports == [filed]
    assert report_lists.report_list_page(make_desks().clerk).reports == []
    operator = make_acting(Role.OPERATOR)
    assert report_lists.report_list_page(operator).reports == []
    assert SelfInspection.objects.visible_to(desks.clerk).count() == 2
    assert not SelfInspection.objects.visible_to(desks.reviewer).exists()
    assert list(SelfInspectionReport.objects.filed()) == [filed]


# one report


def test_the_enterprise_sees_its_open_version_the_bureau_what_was_signed(
    desks: Desks,
) -> None:
    report = make_report(desks, status=ReportStatus.RETURNED)
    reports.begin_correction(report_id=report.pk, by=desks.clerk, at=NOW)

    own = report_pages.report_page(report, seen_by=desks.clerk, at=NOW)
    bureau = report_pages.report_page(report, seen_by=desks.reviewer, at=NOW)

    assert (len(own.versions), len(bureau.versions)) == (2, 1)
    assert own.open_version is not None
    assert (own.content_is_sealed, bureau.content_is_sealed) == (False, True)
    assert bureau.open_version is None
    assert bureau.latest_seal == bureau.first_seal == own.latest_seal
    assert own.first_seal is not None
    assert own.first_seal.in_time
    assert bureau.content == json.loads(
        bytes(report.versions.get(ordinal=1).seals.get().content)
    )


def test_after_a_correction_the_first_receipt_is_still_named(desks: Desks) -> None:
    report = make_report(desks, status=ReportStatus.RETURNED)
    second = correct(report, desks)
    page = report_pages.report_page(report, seen_by=desks.reviewer, at=NOW)
    assert page.latest_seal == second
    assert page.first_seal == report.versions.get(ordinal=1).seals.get()
    assert page.due is not None


def test_without_bureau_or_signature_a_page_still_shows_what_there_is(
    db: None,
) -> None:
    clerk = make_acting(Role.CLERK, enterprise=make_enterprise(assigned=False))
    report = reports.start(quarter=QUARTER, by=clerk, at=NOW)
    page = report_pages.report_page(report, seen_by=clerk, at=NOW)
    assert (page.due, page.latest_seal, page.first_seal) == (None, None, None)
    elsewhere = make_desks().reviewer
    stranger = report_pages.report_page(report, seen_by=elsewhere, at=NOW)
    assert (stranger.versions, stranger.content) == ([], None)


# the desk


def test_the_desk_tells_quarters_newest_first_with_what_is_missing(
    desks: Desks,
) -> None:
    waiting = make_report(desks, status=ReportStatus.AWAITING_SIGNATURE)
    filed = make_report(desks, status=ReportStatus.RECEIVED, quarter=Quarter(2026, 1))
    scans.scan(at=NOW)

    desk = enterprise_desk(desks.principal, at=NOW)

    assert [str(line.quarter) for line in desk.lines][:3] == [
        "2026Q3",
        "2026Q2",
        "2026Q1",
    ]
    assert desk.to_sign == [waiting]
    # What was due before is late or missing; the quarter just past is next.
    assert [line.standing for line in desk.lines[:4]] == [
        "open",
        "awaiting-signature",
        "filed-late",
        "missing",
    ]
    assert [line.turn for line in desk.lines[:4]] == [
        "team",
        "principal",
        "bureau",
        "team",
    ]
    assert desk.now == desk.lines[1]
    assert [line.inspections for line in desk.lines[:3]] == [0, 1, 1]
    assert [line.is_open for line in desk.lines[:2]] == [True, False]
    assert [line.is_past_due for line in desk.lines[:3]] == [False, False, True]
    assert desk.lines[2].report == filed
    assert (desk.bureau, desk.editors, desk.confirmed) == (desks.bureau, 2, False)
    assert str(desk.lines[-1].quarter) == "2025Q2"


def test_the_desk_knows_the_principal_s_year(desks: Desks) -> None:
    visit = make_inspection(desks, principal_evidence="带队检查")
    inspections.confirm_participation(
        inspection_id=visit.pk, by=desks.principal, at=NOW
    )
    desk = enterprise_desk(desks.principal, at=NOW)
    assert desk.confirmed
    next_year = replace(desks.principal, on=dt.date(2027, 1, 4))
    in_january = dt.datetime(2027, 1, 4, 10, 0, tzinfo=SHANGHAI)
    assert not enterprise_desk(next_year, at=in_january).confirmed


@pytest.mark.parametrize(
    ("at", "years", "left"),
    [
        ("2026-09-30 23:59", [2026], None),
        ("2026-10-01 00:00", [2026], 91),
        ("2026-12-31 23:00", [2026], 0),
        # Provisional until the fourth quarter's due day, then final.
        ("2027-01-01 00:00", [2027, 2026], None),
        ("2027-02-01 00:00", [2027, 2026], None),
    ],
)
def test_the_principal_s_year_is_counted_down_and_then_provisional(
    db: None, at: str, years: list[int], left: int | None
) -> None:
    now = dt.datetime.fromisoformat(at).replace(tzinfo=SHANGHAI)
    desks = make_desks(assigned_on=dt.date(2026, 4, 16))
    scans.scan(at=now)

    desk = enterprise_desk(replace(desks.clerk, on=now.date()), at=now)

    assert [line.year for line in desk.years] == years
    assert desk.years[0].days_left == left
    assert [line.is_final for line in desk.years[1:]] == [now.month == 2] * (
        len(years) - 1
    )
    absent = [flag for flag in desk.flags if flag.kind == "principal_absent"]
    assert [flag.is_final for flag in absent] == [now.month == 2] * (len(years) - 1)


def test_a_desk_without_a_bureau_has_no_due_times(db: None) -> None:
    clerk = make_acting(Role.CLERK, enterprise=make_enterprise(assigned=False))
    desk = enterprise_desk(clerk, at=NOW)
    assert {line.due for line in desk.lines} == {None}
    assert [str(line.quarter) for line in desk.lines] == ["2026Q3", "2026Q2"]


def test_the_desk_asks_the_same_few_questions_whatever_was_filed(
    desks: Desks, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for back in (0, 1, 2):
        make_report(desks, quarter=QUARTER.shifted(-back))
    # Two of them ask about hazards.
    with django_assert_max_num_queries(19):
        enterprise_desk(desks.clerk, at=NOW)
    scans.scan(at=NOW)
    with django_assert_max_num_queries(12):
        enterprise_desk(desks.clerk, at=NOW)


# timelines, weaknesses, bureaus


def test_a_bureau_does_not_see_what_stays_inside_the_enterprise(desks: Desks) -> None:
    report = make_report(desks, status=ReportStatus.ACCEPTED)
    own = [event.action for event in timeline_of(report, seen_by=desks.clerk)]
    bureau = [event.action for event in timeline_of(report, seen_by=desks.reviewer)]
    assert own == ["start-report", "send-for-signature", *bureau]
    assert set(bureau) == {"sign-off", "receive", "begin-review", "accept"}


def test_a_site_s_own_bureau_receives_before_the_enterprise_s(desks: Desks) -> None:
    zone = make_bureau()
    desks.enterprise.assignments.create(
        site=desks.site, bureau=zone, starts_on=dt.date(2026, 1, 1), recorded_at=NOW
    )
    on = NOW.date()
    assert receiving_bureau(desks.enterprise, on=on, site=desks.site) == zone
    assert receiving_bureau(desks.enterprise, on=on) == desks.bureau


def test_the_nearest_bureau_s_word_on_a_day_stands(db: None) -> None:
    above = make_bureau()
    county = make_bureau(parent=above)
    day = dt.date(2026, 7, 15)
    for bureau, worked in ((above, False), (county, True)):
        bureau.days.create(
            day=day,
            is_workday=worked,
            reason="公告",
            starts_on=dt.date(2026, 1, 1),
            recorded_at=NOW,
        )
    assert calendar_of(county, on=NOW.date()).is_workday(day)
    assert not calendar_of(above, on=NOW.date()).is_workday(day)
