"""What a report still lacks: what stops it, and what only weakens it."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Capacity, Role
from hazards.models import (
    PLAN_FIELDS,
    Answer,
    HazardStatement,
    SelfInspectionReport,
    TeamKind,
)
from hazards.queries.completeness import Gap, Place, errors, standing_of
from hazards.queries.filing import filing_page
from hazards.queries.weaknesses import warnings
from hazards.services import descriptions, hazards, inspections
from hazards.services.checklists import Given, save_answers
from tests.database.stages import stage
from tests.factories import NOW, TODAY, make_acting
from tests.factories_reports import (
    Desks,
    make_description,
    make_hazard,
    make_report,
    make_visit,
    open_version,
)

pytestmark = pytest.mark.django_db

CLAUSE = "order-10-2023/3(1)"


@stage
def report(desks: Desks) -> SelfInspectionReport:
    """A complete draft whose team is complete, too."""
    for capacity in (Capacity.EMPLOYEE, Capacity.SAFETY_ENGINEER):
        make_acting(Role.TEAM_MEMBER, enterprise=desks.enterprise, capacity=capacity)
    return make_report(desks)


def weak(report: SelfInspectionReport) -> list[Gap]:
    """What weakens the open version."""
    version = open_version(report)
    return warnings(version, standing_of(version, on=TODAY), on=TODAY)


def wrong(report: SelfInspectionReport) -> list[Gap]:
    """What stops the open version."""
    version = open_version(report)
    return errors(version, standing_of(version, on=TODAY), on=TODAY)


def about(report: SelfInspectionReport, stated: HazardStatement) -> list[str]:
    """What is weak about the hazard, as sentences without its number."""
    return [
        gap.sentence.removeprefix(f"Hazard {stated.hazard.number}: ")
        for gap in weak(report)
        if gap.hazard == stated.hazard
    ]


def answer(
    report: SelfInspectionReport, desks: Desks, answers: dict[str, Given]
) -> None:
    """Save the checklist."""
    save_answers(
        report_id=report.pk,
        made_from=open_version(report).checklist_revision,
        answers=answers,
        by=desks.clerk,
        at=NOW,
    )


def save(
    desks: Desks,
    report: SelfInspectionReport,
    stated: HazardStatement,
    **changes: object,
) -> HazardStatement:
    """Change some of what is said of the hazard."""
    return hazards.save(
        report_id=report.pk,
        hazard_id=stated.hazard_id,
        made_from=stated.revision,
        description=replace(descriptions.described(stated), **changes),  # type: ignore[arg-type]
        by=desks.clerk,
        at=NOW,
    )


# the team, the visits


def test_a_team_without_those_whom_item_10_names_is_weak(desks: Desks) -> None:
    (gap, _checklist) = weak(make_report(desks))
    assert "employee representative" in gap.sentence
    assert "registered safety engineer" in gap.sentence
    assert "union" not in gap.sentence
    assert (gap.place, gap.source) == (Place.PEOPLE, "circular-2025-11/item-10")


def test_only_external_people_are_weak(
    desks: Desks, report: SelfInspectionReport
) -> None:
    external = replace(
        make_visit(desks), team=TeamKind.EXTERNAL, external_organisation="安全技术公司"
    )
    inspections.amend(
        inspection_id=open_version(report).listed.get().inspection_id,
        made_from=1,
        visit=external,
        by=desks.clerk,
        at=NOW,
    )
    gap = weak(report)[0]
    assert "Only external people" in gap.sentence
    assert gap.place == Place.VISITS


# the checklist


def test_clauses_that_apply_and_were_not_checked_are_counted(
    desks: Desks, report: SelfInspectionReport
) -> None:
    version = open_version(report)
    clauses = standing_of(version, on=TODAY).clauses
    answer(report, desks, {clauses[0].code: Given(Answer.FINE)})
    (gap,) = weak(report)
    assert f"{len(clauses) - 1} of the {len(clauses)} clauses" in gap.sentence
    assert gap.place == Place.CHECKLIST

    answer(report, desks, {each.code: Given(Answer.FINE) for each in clauses})
    assert weak(report) == []


def test_an_answer_hazard_without_a_hazard_stops_the_report(
    desks: Desks, report: SelfInspectionReport
) -> None:
    answer(report, desks, {CLAUSE: Given(Answer.HAZARD)})
    (gap,) = wrong(report)
    assert "answers “hazard” to clause 3(1)" in gap.sentence
    assert gap.place == Place.CHECKLIST


def test_a_hazard_that_the_checklist_calls_fine_is_weak(
    desks: Desks, report: SelfInspectionReport
) -> None:
    make_hazard(report, desks)
    answer(report, desks, {CLAUSE: Given(Answer.FINE)})
    assert wrong(report) == []
    assert any(
        "the checklist answers “checked and fine”" in g.sentence for g in weak(report)
    )


# hazards


def test_what_nobody_could_find_again_stops_the_report(
    desks: Desks, report: SelfInspectionReport
) -> None:
    stated = make_hazard(report, desks, clause="", place="", description="")
    (gap,) = wrong(report)
    assert gap.sentence == (
        f"Hazard {stated.hazard.number}: say the clause, the exact place, "
        "what is wrong."
    )
    assert (gap.place, gap.hazard) == (Place.WHAT, stated.hazard)


def test_a_bare_hazard_is_weak_in_all_that_the_order_asks_for(
    desks: Desks, report: SelfInspectionReport
) -> None:
    stated = make_hazard(report, desks)
    assert wrong(report) == []
    assert about(report, stated) == [
        "say how it came about, what harm it can do, how hard it is to put right.",
        "no photo or document shows it.",
        "say what is done until it is eliminated.",
        "the plan has 0 of six elements and no deadline.",
    ]


def test_a_hazard_with_everything_lacks_only_its_photo(
    desks: Desks, report: SelfInspectionReport
) -> None:
    stated = make_hazard(report, desks)
    save(
        desks,
        report,
        stated,
        **dict.fromkeys(("causes", "harm", "difficulty", "interim_measures"), "有"),
        **dict.fromkeys(PLAN_FIELDS, "有"),
        funds_planned=Decimal("1.5"),
        due_on=TODAY,
    )
    assert about(report, stated) == ["no photo or document shows it."]


def test_a_deadline_in_the_past_is_weak_until_it_is_eliminated(
    desks: Desks, report: SelfInspectionReport
) -> None:
    stated = make_hazard(report, desks, due_on=TODAY - dt.timedelta(days=1))
    assert "its deadline is past." in " ".join(about(report, stated))
    save(desks, report, stated, rectified_on=TODAY)
    assert about(report, stated) == [
        "say how it came about, what harm it can do, how hard it is to put right.",
        "no photo or document shows it.",
    ]


def test_each_gap_names_a_provision_that_exists(
    desks: Desks, report: SelfInspectionReport
) -> None:
    make_hazard(report, desks, due_on=TODAY - dt.timedelta(days=1))
    sources = {gap.source for gap in weak(report)}
    assert {"order-16/art-14", "order-16/art-15", "order-16/art-16"} < sources


# the page


def test_the_page_asks_as_many_questions_for_one_hazard_as_for_ten(
    desks: Desks,
    report: SelfInspectionReport,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    version = open_version(report)
    version.report = report
    assert report.enterprise == desks.enterprise  # read before
    for number in (1, 9):
        for _ in range(number):
            make_hazard(report, desks)
        with django_assert_num_queries(9):
            page = filing_page(version, on=TODAY)
    assert len(page.hazards) == 10
    assert {row.clause.number for row in page.hazards if row.clause} == {"3(1)"}
    assert page.hazards[0].warnings == 4
    assert page.answered == 1


def test_a_description_is_what_a_statement_says(desks: Desks) -> None:
    report = make_report(desks)
    description = make_description(desks, causes="断电", due_on=TODAY)
    stated = hazards.describe(
        report_id=report.pk, description=description, by=desks.clerk, at=NOW
    )
    assert descriptions.described(stated) == description
