"""What a principal sees before signing."""

import datetime as dt
from dataclasses import replace

import pytest
from pytest_django import DjangoAssertNumQueries

from hazards.models import HazardStatement, SelfInspectionReport
from hazards.queries.principal_pages import (
    PrincipalPage,
    next_steps,
    principal_page,
)
from hazards.queries.report_pages import content_of
from hazards.rules.quarters import Quarter
from hazards.services import descriptions, hazards, inspections, reports
from tests.factories import NOW
from tests.factories_reports import (
    Desks,
    make_inspection,
    make_report,
    open_version,
    save,
    shown_to,
    sign,
)

pytestmark = pytest.mark.django_db

LAST_QUARTER = Quarter(2026, 1)


def describe(
    report: SelfInspectionReport,
    desks: Desks,
    *,
    place: str,
    due_on: dt.date | None = None,
) -> HazardStatement:
    description = descriptions.Description(
        found_at=NOW,
        clause="order-10-2023/3(1)",
        site_id=desks.site.pk,
        place=place,
        description="承租单位未纳入统一管理",
        due_on=due_on,
    )
    return hazards.describe(
        report_id=report.pk, description=description, by=desks.clerk, at=NOW
    )


def say_eliminated(
    report: SelfInspectionReport, desks: Desks, number: str, *, on: dt.date
) -> None:
    stated = open_version(report).stated.get(hazard__number=number)
    hazards.save(
        report_id=report.pk,
        hazard_id=stated.hazard_id,
        made_from=stated.revision,
        description=descriptions.Description(
            found_at=stated.hazard.found_at,
            clause=stated.clause,
            site_id=stated.site_id,
            place=stated.place,
            description=stated.description,
            rectified_on=on,
        ),
        by=desks.clerk,
        at=NOW,
    )


def filed_last_quarter(desks: Desks, *places: str) -> list[str]:
    """The numbers of the hazards that the last quarter's received report names."""
    make_inspection(desks, on=dt.date(2026, 2, 10))
    report = reports.start(quarter=LAST_QUARTER, by=desks.clerk, at=NOW)
    numbers = [describe(report, desks, place=place).hazard.number for place in places]
    save(report, desks)
    reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=NOW)
    sign(report, desks)
    return numbers


def looked_at(report: SelfInspectionReport, desks: Desks) -> PrincipalPage:
    content = content_of(shown_to(desks.principal, report))
    return principal_page(report, content, acting=desks.principal)


def test_it_says_what_is_new_what_is_gone_and_what_was_left_out(desks: Desks) -> None:
    stays, gone, forgotten = filed_last_quarter(desks, "东门", "西门", "南门")
    report = make_report(desks)
    say_eliminated(report, desks, gone, on=dt.date(2026, 6, 1))
    hazards.leave_out(
        report_id=report.pk,
        hazard_id=open_version(report).stated.get(hazard__number=forgotten).hazard_id,
        by=desks.clerk,
        at=NOW,
    )
    new = describe(report, desks, place="北门").hazard.number

    page = looked_at(report, desks)

    assert page.since is not None
    assert page.since.quarter == LAST_QUARTER
    assert [hazard.number for hazard in page.since.appeared] == [new]
    assert [hazard.number for hazard in page.since.eliminated] == [gone]
    assert page.since.left_out == [forgotten]
    assert {hazard.number for hazard in page.open_hazards} == {stays, new}
    assert (page.since.inspections_then, page.since.inspections_now) == (1, 1)


def test_without_a_report_of_last_quarter_it_compares_nothing(desks: Desks) -> None:
    assert looked_at(make_report(desks), desks).since is None


def test_a_deadline_is_past_from_the_day_after_it_and_stands_first(
    desks: Desks,
) -> None:
    report = make_report(desks)
    describe(report, desks, place="今天", due_on=desks.principal.on)
    describe(
        report, desks, place="昨天", due_on=desks.principal.on - dt.timedelta(days=1)
    )

    page = looked_at(report, desks)

    assert page.overdue == 1
    assert [h.place for h in page.open_hazards] == ["昨天", "今天"]


def test_taking_part_counts_once_the_principal_has_confirmed_it(desks: Desks) -> None:
    visit = make_inspection(desks, principal_evidence="现场照片")
    report = make_report(desks)
    assert looked_at(report, desks).participations
    assert not looked_at(report, desks).took_part
    assert not next_steps(report, acting=desks.principal).took_part

    inspections.confirm_participation(
        inspection_id=visit.pk, by=desks.principal, at=NOW
    )

    assert looked_at(report, desks).took_part
    assert next_steps(report, acting=desks.principal).took_part
    assert not next_steps(
        report, acting=replace(desks.principal, on=dt.date(2027, 1, 5))
    ).took_part


def test_it_takes_two_queries_however_many_hazards(
    desks: Desks, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    filed_last_quarter(desks, "东门", "西门")
    report = make_report(desks)
    content = content_of(shown_to(desks.principal, report))
    with django_assert_num_queries(2):
        principal_page(report, content, acting=desks.principal)
