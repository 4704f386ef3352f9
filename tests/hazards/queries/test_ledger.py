"""The statistics of an enterprise, reckoned by hand."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from hazards.models import (
    HazardAcceptance,
    HazardActKind,
    HazardListing,
    HazardProgress,
    ListedLevel,
    MajorHazard,
    Seal,
)
from hazards.queries.contents import live_bytes
from hazards.queries.ledger import counts, live_table
from hazards.queries.statistics import statistics_page
from hazards.queries.verification import faults
from hazards.rules.quarters import Quarter
from hazards.rules.statistics import Span
from hazards.services import (
    general_hazards,
    gradings,
    hazard_reports,
    registrations,
    reports,
    signing,
)
from hazards.services.general_hazards import Rectification
from hazards.services.lives import Doing, Living
from hazards.services.sealing import ChangedSinceShownError
from tests.factories import NOW, SHANGHAI
from tests.factories_lives import (
    PLAN,
    begin_report,
    do,
    general_description,
    planned_hazard,
    reported_hazard,
    send_and_sign,
)
from tests.factories_reports import (
    Desks,
    make_description,
    make_hazard,
    make_inspection,
    make_report,
    open_version,
    proof_of,
    sign,
)
from tests.hazards.services.test_general_hazards import CLAUSE

pytestmark = pytest.mark.django_db

Q2, Q3 = Span.of_quarter(Quarter(2026, 2)), Span.of_quarter(Quarter(2026, 3))
YEAR = Span.of_year(2026)
MIDNIGHT = dt.datetime(2026, 7, 1, tzinfo=SHANGHAI)
"""The first instant of the third quarter."""
BEFORE = MIDNIGHT - dt.timedelta(microseconds=1)
LATER = dt.date(2027, 1, 10)


def major(desks: Desks, span: Span, *, on: dt.date = LATER) -> dict[str, Any]:
    counted: dict[str, Any] = counts(desks.enterprise, span, on=on)["major"]
    return counted


def general(desks: Desks, span: Span, *, on: dt.date = LATER) -> dict[str, Any]:
    counted: dict[str, Any] = counts(desks.enterprise, span, on=on)["general"]
    return counted


def accept(hazard: MajorHazard, desks: Desks, *, at: dt.datetime = NOW) -> None:
    def accepted(life: Living) -> None:
        life.hazard.accepted_at = life.act.at

    def recorded(life: Living) -> None:
        HazardAcceptance.objects.create(
            recorded=life.act, accepted_by="own", people="设备科科长"
        )

    kind = HazardActKind.RECORD_ACCEPTANCE
    do(hazard, kind, desks.clerk, at=at, then=recorded)
    kind = HazardActKind.CONFIRM_ACCEPTANCE
    do(hazard, kind, desks.principal, at=at, then=accepted)


def _closed(life: Living) -> None:
    life.hazard.closed_at = life.act.at


def close(hazard: MajorHazard, desks: Desks) -> MajorHazard:
    accept(hazard, desks)
    return do(hazard, HazardActKind.CLOSE, desks.leader, then=_closed)


def test_a_draft_of_a_hazard_counts_nowhere(desks: Desks) -> None:
    begin_report(desks)
    assert major(desks, Q2)["found"] == 0


@pytest.mark.parametrize(("found_at", "second"), [(BEFORE, 1), (MIDNIGHT, 0)])
def test_a_hazard_is_found_in_the_quarter_of_its_instant_in_shanghai(
    desks: Desks, found_at: dt.datetime, second: int
) -> None:
    reported_hazard(desks, found_at=found_at)
    assert major(desks, Q2)["found"] == second
    assert major(desks, Q3)["found"] == 1 - second
    assert major(desks, Q2)["open_at_end"] == major(desks, Q3)["open_before"] == second
    assert major(desks, YEAR)["found"] == 1


@pytest.mark.parametrize(("at", "third"), [(BEFORE, 0), (MIDNIGHT, 1)])
def test_it_is_closed_in_the_quarter_of_the_act(
    desks: Desks, at: dt.datetime, third: int
) -> None:
    early = dt.datetime(2026, 5, 20, 9, tzinfo=SHANGHAI)
    hazard = reported_hazard(desks, at=early)

    accept(hazard, desks, at=early)
    assert major(desks, Q2)["accepted"] == 1
    do(hazard, HazardActKind.CLOSE, desks.leader, at=at, then=_closed)
    assert (major(desks, Q2)["closed"], major(desks, Q3)["closed"]) == (
        1 - third,
        third,
    )
    # Looked back upon, the second quarter is as it was.
    assert major(desks, Q2)["accepted"] == major(desks, Q2)["open_at_end"] == third
    assert major(desks, Q3)["open_at_end"] == 0


def test_graded_down_it_leaves_one_ledger_and_comes_into_the_other(
    desks: Desks,
) -> None:
    hazard = reported_hazard(desks)
    gradings.downgrade(
        hazard_id=hazard.pk,
        clause=CLAUSE,
        doing=Doing(text="不构成重大。"),
        by=desks.clerk,
        at=NOW,
    )
    assert (major(desks, Q2)["found"], major(desks, Q2)["open_at_end"]) == (1, 1)
    assert (major(desks, Q3)["graded_down"], major(desks, Q3)["open_at_end"]) == (1, 0)
    assert (general(desks, Q3)["found"], general(desks, Q3)["graded_down"]) == (0, 1)
    assert general(desks, Q3)["open_at_end"] == 1


@pytest.mark.parametrize("kind", [HazardActKind.VOID, HazardActKind.HAND_OVER], ids=str)
def test_one_struck_out_or_handed_over_was_found_and_is_not_open(
    desks: Desks, kind: HazardActKind
) -> None:
    hazard = reported_hazard(desks)
    do(hazard, kind, desks.reviewer)
    counted = major(desks, YEAR)
    way = {"void": "struck_out", "hand-over": "handed_over"}[kind.value]
    assert (counted["found"], counted[way], counted["open_at_end"]) == (1, 1, 0)


def test_one_that_came_back_is_another_and_is_counted_as_that(desks: Desks) -> None:
    first = close(reported_hazard(desks), desks)
    later = NOW + dt.timedelta(hours=1)
    again = hazard_reports.begin(
        description=make_description(desks, found_at=later),
        recurrence_of=first,
        by=desks.clerk,
        at=later,
    )
    send_and_sign(again, desks, at=later)
    assert (major(desks, Q2)["found"], major(desks, Q2)["recurred"]) == (1, 0)
    assert (major(desks, Q3)["found"], major(desks, Q3)["recurred"]) == (1, 1)


def test_general_hazards_by_day_and_by_their_ends(desks: Desks) -> None:
    days = [dt.date(2026, 6, 30), dt.date(2026, 7, 1), dt.date(2026, 7, 2)]
    rows = [
        general_hazards.record(
            said=general_description(desks, found_on=day, due_on=dt.date(2026, 7, 3)),
            by=desks.clerk,
            at=NOW,
        )
        for day in days
    ]
    done = Rectification(dt.date(2026, 7, 1), "已紧固。", Decimal("0.1500"))
    general_hazards.rectify(hazard_id=rows[0].pk, done=done, by=desks.clerk, at=NOW)
    general_hazards.strike_out(
        hazard_id=rows[1].pk, because="重复记录。", by=desks.clerk, at=NOW
    )
    second, third = general(desks, Q2), general(desks, Q3)
    assert (second["found"], second["rectified"], second["open_at_end"]) == (1, 0, 1)
    assert third == {
        "open_before": 1,
        "found": 2,
        "graded_down": 0,
        "rectified": 1,
        "struck_out": 1,
        "graded_up": 0,
        "open_at_end": 1,
        "overdue": 1,
    }
    assert general(desks, Q3, on=dt.date(2026, 7, 3))["overdue"] == 0
    assert general(desks, Q3, on=dt.date(2026, 7, 4))["overdue"] == 1
    assert counts(desks.enterprise, Q3, on=LATER)["funds"]["spent"] == "0.15"


def test_funds_spent_count_in_the_quarter_in_which_they_are_put_on_record(
    desks: Desks,
) -> None:
    hazard = planned_hazard(desks, funds_planned=Decimal("12.50"))

    def spent(life: Living) -> None:
        HazardProgress.objects.create(act=life.act, funds_spent=Decimal("3.0800"))

    do(hazard, HazardActKind.PROGRESS, desks.clerk, then=spent)
    assert counts(desks.enterprise, Q3, on=LATER)["funds"] == {
        "planned": "12.5",
        "spent": "3.08",
    }
    assert counts(desks.enterprise, Q2, on=LATER)["funds"]["spent"] == "0"


def test_what_an_unsigned_draft_plans_is_not_counted(desks: Desks) -> None:
    report = begin_report(desks, funds_planned=Decimal(9))
    assert report.hazard is not None
    registrations.register(
        report_id=report.pk, hazard_id=report.hazard.pk, by=desks.clerk, at=NOW
    )
    assert counts(desks.enterprise, Q2, on=LATER)["funds"]["planned"] == "0"
    assert major(desks, Q2)["open_at_end"] == 1


@pytest.mark.parametrize(
    ("on", "late"),
    [(dt.date(2026, 9, 30), 0), (dt.date(2026, 10, 1), 1)],
)
def test_a_hazard_is_overdue_once_its_day_has_ended(
    desks: Desks, on: dt.date, late: int
) -> None:
    planned_hazard(desks)
    assert major(desks, Q3, on=on)["overdue"] == late


def test_listed_supervision_counts_while_it_lasts(desks: Desks) -> None:
    hazard = reported_hazard(desks)

    def listed(life: Living) -> None:
        HazardListing.objects.create(act=life.act, level=ListedLevel.CITY)
        life.hazard.listed = ListedLevel.CITY

    do(hazard, HazardActKind.LIST, desks.reviewer, then=listed)
    assert major(desks, Q3)["listed"] == {"county": 0, "city": 1, "province": 0}
    assert major(desks, Q2)["listed"]["city"] == 0


def test_a_report_is_signed_with_its_counts_and_its_own_plans_among_them(
    desks: Desks,
) -> None:
    make_inspection(desks)
    report = make_report(desks)
    planned: dict[str, Any] = {**PLAN, "funds_planned": Decimal(7)}
    make_hazard(report, desks, **planned)
    send_and_sign(report, desks)
    seal = Seal.objects.get(version__report=report)
    table = json.loads(bytes(seal.content))["table"]
    assert table["layout"] == "statistics/1"
    assert table["year"] is None
    assert table["quarter"]["major"]["found"] == 1
    assert table["quarter"]["major"]["planned"] == 1
    assert table["quarter"]["funds"]["planned"] == "7"
    assert table == seal.version.table
    # Looked at again, the ledger says the same of the quarter.
    page = statistics_page(desks.enterprise, Quarter(2026, 2), on=LATER)
    assert page.signed == table
    assert page.live["quarter"] == table["quarter"]
    assert not page.differs
    assert list(faults()) == []


def test_the_fourth_quarter_brings_the_year(desks: Desks) -> None:
    report = make_report(desks)
    version = open_version(report)
    version.report.year, version.report.quarter_number = 2026, 4
    table = live_table(version, on=LATER)
    assert table is not None
    assert table["year"]["first_day"] == "2026-01-01"
    assert table["year"]["last_day"] == "2026-12-31"


def test_what_the_ledger_learns_after_the_page_was_shown_stops_the_signature(
    desks: Desks,
) -> None:
    make_inspection(desks)
    report = make_report(desks)
    reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=NOW)
    shown = live_bytes(
        open_version(report),
        bureau=desks.bureau,
        principal=desks.principal.membership,
        on=desks.principal.on,
    )
    general_hazards.record(
        said=general_description(desks, found_on=dt.date(2026, 6, 30)),
        by=desks.clerk,
        at=NOW,
    )
    with pytest.raises(ChangedSinceShownError):
        signing.sign_off(
            report_id=report.pk,
            shown=shown,
            proof=proof_of(desks.principal),
            by=desks.principal,
            at=NOW,
        )
    sign(report, desks)
