"""Graded down to general, and major again."""

import datetime as dt
from typing import Any

import pytest

from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import (
    ComplianceFlag,
    FlagEvent,
    HazardExtension,
    HazardGrading,
    HazardOrder,
    MajorHazard,
)
from hazards.queries.verification import faults
from hazards.services import registrations, unreported
from hazards.services.lives import Doing
from tests.database.stages import stage
from tests.factories import NOW
from tests.factories_lives import (
    DUE_ON,
    begin_report,
    plan_for,
    planned_hazard,
    reported_hazard,
    send_and_sign,
)
from tests.factories_reports import Desks, make_desks, open_version
from tests.hazards.office.walks import (
    CLAUSE,
    DAY,
    downgrade,
    grade_major,
    kinds,
    list_at,
    order,
)
from tests.hazards.services.traces import people, told

pytestmark = pytest.mark.django_db


@stage
def registered(desks: Desks) -> MajorHazard:
    """On record for two days, and reported to nobody."""
    report = begin_report(desks, at=NOW - 2 * DAY)
    assert report.hazard is not None
    registrations.register_all(open_version(report), by=desks.clerk, at=NOW - 2 * DAY)
    return MajorHazard.objects.get()


class TestDowngrade:
    def test_by_the_enterprise_is_told_to_the_bureau_and_seen_by_it(
        self, desks: Desks, registered: MajorHazard
    ) -> None:
        visible = MajorHazard.objects.visible_to(desks.reviewer)
        assert not visible.exists()
        downgrade(registered, desks.clerk)
        assert (registered.state, registered.bureau) == ("downgraded", desks.bureau)
        assert visible.get() == registered
        assert told("hazard_downgraded") == people(
            desks.leader,
            desks.principal,
            desks.reviewer,
            desks.colleague,
            desks.head,
        )

    def test_by_the_bureau_is_told_to_the_enterprise(self, desks: Desks) -> None:
        hazard = planned_hazard(desks)
        act = downgrade(hazard, desks.reviewer)
        grading = HazardGrading.objects.get()
        assert (grading.act, grading.is_major, grading.clause) == (act, False, CLAUSE)
        assert people(desks.clerk, desks.principal) <= told("hazard_downgraded")

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"doing": Doing(text="  ")}, "Say why"),
            ({"clause": "order-10-2023/99"}, "Choose a clause"),
            ({"clause": ""}, "Choose a clause"),
        ],
    )
    def test_needs_a_reason_and_a_clause(
        self, desks: Desks, changes: dict[str, Any], why: str
    ) -> None:
        hazard = reported_hazard(desks)
        with pytest.raises(RefusedError, match=why):
            downgrade(hazard, desks.clerk, **changes)
        hazard.refresh_from_db()
        assert hazard.state == "reported"

    def test_of_an_ordered_or_listed_hazard_is_the_bureaus(self, desks: Desks) -> None:
        hazard = planned_hazard(desks)
        list_at(hazard, "county", desks.reviewer)
        with pytest.raises(NotPermittedError, match="only the bureau grades it down"):
            downgrade(hazard, desks.leader)

    def test_lifts_orders_ends_the_listing_and_settles_what_waits(
        self, desks: Desks
    ) -> None:
        hazard = planned_hazard(desks)
        order(hazard, desks.reviewer, stop="whole")
        list_at(hazard, "county", desks.reviewer)
        act = downgrade(hazard, desks.head)
        assert (hazard.is_ordered, hazard.stop_ordered, hazard.listed) == (
            False,
            "",
            "",
        )
        assert HazardOrder.objects.get().lifted == act
        assert not HazardExtension.objects.filter(answered__isnull=True).exists()

    def test_not_by_another_bureau(self, desks: Desks) -> None:
        with pytest.raises(NotPermittedError):
            downgrade(reported_hazard(desks), make_desks().reviewer)


class TestGradeMajor:
    def test_never_reported_it_is_registered_and_still_to_be_reported(
        self, desks: Desks, registered: MajorHazard
    ) -> None:
        downgrade(registered, desks.clerk)
        grade_major(registered, desks.reviewer)
        assert registered.state == "registered"
        assert registered.first_reported_at is None
        assert kinds(registered) == ["register", "downgrade", "grade-major"]
        assert people(desks.clerk, desks.principal) <= told("hazard_graded_major")

    def test_reported_before_it_stands_reported_by_two_acts(self, desks: Desks) -> None:
        hazard = reported_hazard(desks)
        downgrade(hazard, desks.clerk, at=NOW + DAY)
        grade_major(hazard, desks.leader, at=NOW + 2 * DAY)
        assert (hazard.state, hazard.first_reported_at) == ("reported", NOW)
        assert kinds(hazard)[-3:] == ["downgrade", "grade-major", "report"]

    def test_planned_before_it_stands_planned_with_its_deadline(
        self, desks: Desks
    ) -> None:
        hazard = planned_hazard(desks)
        downgrade(hazard, desks.reviewer)
        grade_major(hazard, desks.reviewer, at=NOW + DAY)
        assert (hazard.state, hazard.due_on) == ("planned", DUE_ON)
        assert hazard.planned_at == NOW
        later = NOW + 2 * DAY
        send_and_sign(plan_for(hazard, desks, at=later), desks, at=later)
        hazard.refresh_from_db()
        assert (hazard.state, hazard.planned_at) == ("planned", NOW)
        assert list(faults()) == []

    def test_what_the_bureau_graded_major_the_enterprise_does_not_grade_down(
        self, desks: Desks
    ) -> None:
        hazard = reported_hazard(desks)
        downgrade(hazard, desks.clerk)
        grade_major(hazard, desks.reviewer)
        with pytest.raises(NotPermittedError, match="The bureau graded it major"):
            downgrade(hazard, desks.clerk)
        downgrade(hazard, desks.reviewer)
        assert hazard.state == "downgraded"

    def test_what_the_enterprise_graded_major_it_may_grade_down_again(
        self, desks: Desks
    ) -> None:
        hazard = reported_hazard(desks)
        for _ in range(2):
            downgrade(hazard, desks.clerk)
            grade_major(hazard, desks.clerk)
        assert hazard.state == "reported"


class TestTheFlagOfAnUnreportedHazard:
    @staticmethod
    def story(hazard: MajorHazard) -> list[tuple[str, str]]:
        return list(
            FlagEvent.objects.filter(flag__hazard=hazard)
            .order_by("id")
            .values_list("change", "cause")
        )

    def test_is_cleared_by_grading_down_and_stands_again_with_the_grade(
        self, desks: Desks, registered: MajorHazard
    ) -> None:
        assert unreported.raise_flags(at=NOW) == 1
        downgrade(registered, desks.clerk)
        flag = ComplianceFlag.objects.get(hazard=registered)
        assert (flag.status, flag.settled_at) == ("cleared", NOW)
        assert unreported.raise_flags(at=NOW + DAY) == 0
        grade_major(registered, desks.reviewer, at=NOW + DAY)
        flag.refresh_from_db()
        assert (flag.status, flag.settled_at) == ("standing", None)
        assert self.story(registered) == [
            ("raised", "unreported"),
            ("cleared", "graded_down"),
            ("stood_again", "graded_major"),
        ]

    def test_of_another_hazard_stands_on(
        self, desks: Desks, registered: MajorHazard
    ) -> None:
        unreported.raise_flags(at=NOW)
        other = reported_hazard(desks, at=NOW + dt.timedelta(minutes=5))
        downgrade(other, desks.clerk, at=NOW + DAY)
        assert ComplianceFlag.objects.get(hazard=registered).status == "standing"

    def test_one_cleared_by_its_report_does_not_stand_again(
        self, desks: Desks, registered: MajorHazard
    ) -> None:
        unreported.raise_flags(at=NOW)
        report = registered.reports.get()
        send_and_sign(report, desks, at=NOW)
        downgrade(registered, desks.clerk)
        grade_major(registered, desks.clerk)
        assert self.story(registered)[-1] == ("cleared", "reported")
