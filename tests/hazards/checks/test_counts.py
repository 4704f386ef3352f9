"""This year's checks of an enterprise against the cap, and what the rules warn of."""

import datetime as dt
from typing import Any

import pytest

from accounts.models import Enterprise, HighRiskDesignation, StandardizationLevel
from accounts.models.bureaus import BureauLevel
from hazards.models import CheckKind
from hazards.queries.check_counts import counts_before, year_counts
from hazards.rules.caps import caps_on, load
from hazards.rules.matters import MATTERS, matter, matters_on
from tests.factories import LONG_AGO, NOW, TODAY, make_bureau
from tests.factories_findings import (
    approved_check,
    ended_check,
    inspectors_of,
    planned_check,
    started_check,
)
from tests.factories_reports import Desks, make_desks

LAST_YEAR = NOW - dt.timedelta(days=300)


def grade(enterprise: Enterprise, level: int, *, to: dt.date | None = None) -> None:
    StandardizationLevel.objects.create(
        enterprise=enterprise,
        level=level,
        starts_on=LONG_AGO,
        ends_on=to,
        recorded_at=NOW,
    )


def codes(counts: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in counts["warnings"]]


class TestTheCap:
    @pytest.mark.parametrize(
        ("level", "high_risk", "other"),
        [(1, 2, 1), (2, 4, 2), (3, 8, 4), (None, 12, 6)],
    )
    def test_goes_by_level_and_high_risk(
        self, level: int | None, high_risk: int, other: int
    ) -> None:
        caps = caps_on(TODAY)
        assert caps.of(level, is_high_risk=True) == high_risk
        assert caps.of(level, is_high_risk=False) == other

    def test_holds_with_its_source_for_all_levels(self) -> None:
        assert caps_on(dt.date(2020, 1, 1)).source == "circular-2025-11/item-3"
        with pytest.raises(ValueError, match="levels 0 to 3"):
            load(
                '[[caps]]\nsince=2025-01-01\nsource="circular-2025-11/item-3"\n'
                'confidence="found"\nhigh_risk={1=2}\nother={1=1}'
            )

    def test_is_that_of_the_level_valid_today(self, desks: Desks) -> None:
        grade(desks.enterprise, 1, to=TODAY)
        tomorrow = TODAY + dt.timedelta(days=1)
        assert year_counts(desks.enterprise, on=TODAY).cap == 1
        assert year_counts(desks.enterprise, on=tomorrow).cap == 6
        HighRiskDesignation.objects.create(
            enterprise=desks.enterprise,
            basis="金属冶炼。",
            starts_on=LONG_AGO,
            recorded_at=NOW,
        )
        assert year_counts(desks.enterprise, on=tomorrow).cap == 12


class TestTheCount:
    def test_is_of_all_bureaus_and_levels_and_a_joint_check_counts_once(
        self, desks: Desks
    ) -> None:
        superior = make_bureau(level=BureauLevel.CITY)
        ended_check(desks)
        ended_check(
            desks, by=inspectors_of(superior)[0], joint_bureau_id=desks.bureau.pk
        )

        counts = year_counts(desks.enterprise, on=TODAY).plain()

        assert counts["counted"] == 2
        assert {line["bureau"] for line in counts["checks"]} == {
            desks.bureau.name,
            superior.name,
        }
        assert counts["checks"][1]["joint"] == desks.bureau.name

    @pytest.mark.parametrize("kind", CheckKind)
    def test_leaves_out_clues_rechecks_and_guidance(
        self, desks: Desks, kind: CheckKind
    ) -> None:
        started_check(desks, kind=kind)
        counts = year_counts(desks.enterprise, on=TODAY).plain()
        counted = kind in (CheckKind.PLANNED, CheckKind.SPECIAL)
        assert counts["counted"] == int(counted)
        # All are shown.
        assert [line["is_counted"] for line in counts["checks"]] == [counted]

    def test_leaves_out_what_has_not_begun_and_other_years_and_enterprises(
        self, desks: Desks
    ) -> None:
        approved_check(desks)
        ended_check(desks, at=LAST_YEAR)
        ended_check(make_desks())
        assert year_counts(desks.enterprise, on=TODAY).plain()["checks"] == []

    def test_turns_with_the_year_in_shanghai(self, desks: Desks) -> None:
        last_second = dt.datetime(2026, 12, 31, 15, 59, 59, tzinfo=dt.UTC)
        started_check(desks, at=last_second)
        assert len(year_counts(desks.enterprise, on=dt.date(2026, 12, 31)).begun) == 1
        assert year_counts(desks.enterprise, on=dt.date(2027, 1, 1)).begun == []
        started_check(desks, at=last_second + dt.timedelta(seconds=1))
        assert len(year_counts(desks.enterprise, on=dt.date(2026, 12, 31)).begun) == 1
        assert len(year_counts(desks.enterprise, on=dt.date(2027, 1, 1)).begun) == 1


class TestTheWarning:
    def test_comes_when_the_cap_is_reached_and_not_before(self, desks: Desks) -> None:
        grade(desks.enterprise, 2)
        one_more = approved_check(desks, matters=("safety-management-system",))
        ended_check(desks)
        assert codes(counts_before(one_more, on=TODAY)) == []
        ended_check(desks)
        [warning] = counts_before(one_more, on=TODAY)["warnings"]
        assert warning == {
            "code": "cap-reached",
            "source": "circular-2025-11/item-3",
            "counted": 2,
            "cap": 2,
        }

    def test_of_the_cap_is_not_for_what_does_not_count(self, desks: Desks) -> None:
        grade(desks.enterprise, 1)
        ended_check(desks)
        complaint = approved_check(
            desks, kind=CheckKind.COMPLAINT, matters=("safety-management-system",)
        )
        assert codes(counts_before(complaint, on=TODAY)) == []

    def test_names_the_same_matter_by_any_bureau(self, desks: Desks) -> None:
        other = make_bureau(level=BureauLevel.CITY)
        first = ended_check(desks, by=inspectors_of(other)[0])
        second = ended_check(desks)
        ended_check(desks, matters=("duties-of-principal-and-staff",))
        again = approved_check(
            desks, matters=("order-10-2023", "safety-management-system")
        )
        [warning] = counts_before(again, on=TODAY)["warnings"]
        assert (warning["code"], warning["numbers"], warning["matters"]) == (
            "same-matter",
            [first.number, second.number],
            ["order-10-2023"],
        )
        assert warning["source"] == "circular-2025-11/item-4"

    def test_of_the_same_matter_is_not_for_rechecks_nor_because_of_them(
        self, desks: Desks
    ) -> None:
        ended_check(desks, kind=CheckKind.RECHECK)
        ended_check(desks, kind=CheckKind.GUIDANCE)
        assert codes(counts_before(approved_check(desks), on=TODAY)) == []
        ended_check(desks)
        recheck = approved_check(desks, kind=CheckKind.RECHECK)
        assert codes(counts_before(recheck, on=TODAY)) == []

    def test_asks_another_bureau_to_come_with_the_responsible_one(
        self, desks: Desks
    ) -> None:
        planner = inspectors_of(make_bureau(level=BureauLevel.CITY))[0]
        alone = planned_check(desks, by=planner)
        together = planned_check(desks, by=planner, joint_bureau_id=desks.bureau.pk)
        complaint = planned_check(desks, by=planner, kind=CheckKind.COMPLAINT)
        [warning] = counts_before(alone, on=TODAY)["warnings"]
        assert (warning["code"], warning["responsible"]) == (
            "not-responsible",
            desks.bureau.name,
        )
        assert codes(counts_before(together, on=TODAY)) == []
        assert codes(counts_before(complaint, on=TODAY)) == []

    def test_tells_a_township_not_to_repeat(self, desks: Desks) -> None:
        ended_check(desks)
        township = make_bureau(level=BureauLevel.TOWNSHIP, parent=desks.bureau)
        check = planned_check(
            desks,
            by=inspectors_of(township)[0],
            kind=CheckKind.DATA_ALERT,
            plan_reference="",
        )
        [warning] = counts_before(check, on=TODAY)["warnings"]
        assert (warning["code"], warning["source"]) == (
            "township-repeat",
            "circular-2025-11/item-11",
        )


def test_the_matters_are_the_key_items_and_every_standard_in_force() -> None:
    today = {each.code for each in matters_on(TODAY)}
    assert {
        "major-hazard-rectification",
        "duties-of-principal-and-staff",
        "safety-management-system",
        "order-10-2023",
    } <= today
    assert "major-hazard-rectification" not in {
        each.code for each in matters_on(dt.date(2025, 2, 26))
    }
    assert all(
        each.zh and each.en and len(each.code) <= 60 for each in MATTERS.values()
    )
    with pytest.raises(ValueError, match="no matter of inspection"):
        matter("whole")
