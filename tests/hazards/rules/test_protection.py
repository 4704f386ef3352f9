"""If this were found now: protected, until when, or exposed, and what to do."""

import datetime as dt
from typing import Any

import pytest

from hazards.rules.deadlines import SHANGHAI
from hazards.rules.protection import ASSUMED, Protection, ProtectionStatus, protection
from hazards.rules.questions import word
from tests.hazards.rules.good_facts import CALENDAR, facts

TICK = dt.timedelta(microseconds=1)
NOW = dt.datetime(2026, 8, 20, 9, tzinfo=SHANGHAI)
PROTECTED, AT_RISK, EXPOSED = ProtectionStatus


def midnight(month: int, day: int, year: int = 2026) -> dt.datetime:
    return dt.datetime(year, month, day, tzinfo=SHANGHAI)


def of(
    changes: dict[str, Any], *, at: dt.datetime = NOW, hazard: str | None = "dust"
) -> Protection:
    return protection(facts(changes), hazard=hazard, at=at, calendar=CALENDAR)


def todos(one: Protection) -> list[tuple[str, dt.datetime | None]]:
    for todo in one.todo:
        for language in ("zh", "en"):
            assert "{" not in todo.sentence(language)
    return [(todo.code, todo.by) for todo in one.todo]


WAIVED = [{"quarter": "2026Q1"}]
ENDS: list[tuple[dict[str, Any], dt.datetime, str]] = [
    ({}, midnight(10, 1), "finish-or-extend"),
    (
        {"hazards.0.progress": []},
        dt.datetime(2026, 7, 5, 9, 0, 0, 1, tzinfo=SHANGHAI),
        "record-progress",
    ),
    ({"hazards.0.due_on": "2027-06-30"}, midnight(10, 16), "inspect"),
    (
        {
            "hazards.0.due_on": "2027-12-31",
            "policy.missing_quarter_effect": "none",
        },
        midnight(1, 16, 2027),
        "take-part",
    ),
]


class TestAHazardOfTheRecord:
    @pytest.mark.parametrize(("changes", "ends_at", "todo"), ENDS)
    def test_is_protected_to_the_last_microsecond_that_is_said(
        self, changes: dict[str, Any], ends_at: dt.datetime, todo: str
    ) -> None:
        before = midnight(6, 20)
        one = of(changes, at=max(before, min(NOW, ends_at - dt.timedelta(days=9))))
        assert (one.status, one.ends_at) == (AT_RISK, ends_at)
        assert one.determination.decisive == "relief"
        assert one.ending is not None
        assert todos(one)[0][0] == todo
        assert of(changes, at=ends_at - TICK).status == AT_RISK
        assert of(changes, at=ends_at).status == EXPOSED

    def test_tells_until_when_to_inspect_and_until_when_to_report(self) -> None:
        one = of({"hazards.0.due_on": "2027-06-30"})
        assert todos(one) == [
            ("inspect", midnight(10, 1) - TICK),
            ("report-quarter", midnight(10, 16) - TICK),
        ]

    def test_asks_no_inspection_where_one_was_held_and_only_waits_to_be_reported(
        self,
    ) -> None:
        held = {"inspections.3.held_on": "2026-08-10"}
        later = {"hazards.0.due_on": "2027-06-30", "enterprise.waivers": WAIVED}
        one = of(held | later)
        assert ("report-quarter", midnight(10, 16) - TICK) in todos(one)
        assert "inspect" not in dict(todos(one))

    def test_heeds_no_flag_without_effect(self) -> None:
        one = of(
            {
                "hazards.0.due_on": "2029-12-31",
                "policy.missing_quarter_effect": "none",
                "policy.principal_absence_effect": "none",
            }
        )
        assert (one.status, one.ends_at) == (AT_RISK, midnight(1, 1, 2030))

    @pytest.mark.parametrize(
        ("changes", "decisive", "todo"),
        [
            ({"hazards.0.reported_at": None}, "known-unreported", "report-hazard"),
            ({"hazards.0.graded": "general", "hazards.0.reported_at": None},
             "graded-general", "report-hazard"),
            ({"hazards.0.signed_by": None}, "report-defect", "mend-report"),
            ({"hazards.0.plan": ["goals"]}, "plan-incomplete", "complete-plan"),
            ({"hazards.0.due_on": "2026-08-19"},
             "rectification-overdue", "finish-or-extend"),
            ({"hazards.0.accepted_at": "2026-08-01T00:00:00Z"},
             "closed-but-found", "report-again"),
            ({"policy.late_report_days": 0}, "reported-late", "ask-bureau"),
            ({"reports.4.quarter": "2026Q1"}, "relief-but-flagged", "cure-quarter"),
        ],
    )  # fmt: skip
    def test_that_is_exposed_tells_why_and_what_helps(
        self, changes: dict[str, Any], decisive: str, todo: str
    ) -> None:
        one = of(changes)
        assert (one.status, one.determination.decisive) == (EXPOSED, decisive)
        assert todos(one) == [(todo, None)]
        assert one.ends_at is None

    def test_found_an_hour_ago_is_reported_within_the_hours_that_run(self) -> None:
        found = {"hazards.0.reported_at": None, "policy.prompt_report_hours": 24}
        one = of(found, at=dt.datetime(2026, 6, 3, 12, tzinfo=SHANGHAI))
        assert one.determination.decisive == "prompt-window-open"
        by = dt.datetime(2026, 6, 4, 10, tzinfo=SHANGHAI) - TICK
        assert todos(one) == [("report-hazard", by)]

    def test_hours_that_never_end_are_no_date(self) -> None:
        endless = {"policy.prompt_report_hours": 10**12, "hazards.0.planned_at": None}
        assert todos(of(endless)) == [("complete-plan", None)]
        for hours in (8760, 10**12):
            one = of({"policy.prompt_report_hours": hours})
            assert one.ends_at == midnight(10, 1)

    def test_whose_request_waits_asks_for_an_answer(self) -> None:
        asked = {"asked_at": "2026-08-01T09:00:00+08:00", "due_on": "2026-12-31"}
        changes = {"hazards.0.due_on": "2026-08-10", "hazards.0.extensions": [asked]}
        assert todos(of(changes)) == [("ask-for-answer", None)]

    def test_registered_in_the_same_instant_is_not_on_record_yet(self) -> None:
        at = dt.datetime(2026, 6, 3, 11, tzinfo=SHANGHAI)
        one = of({}, at=at)
        assert (one.status, todos(one)) == (EXPOSED, [])


class TestAHazardOfNoRecord:
    def test_is_at_risk_from_the_next_quarter_that_will_be_missing(self) -> None:
        one = of({}, hazard=None)
        assert (one.status, one.ends_at) == (AT_RISK, midnight(10, 16))
        assert one.determination.decisive == "undetermined"

    def test_exposes_who_missed_a_quarter_and_whose_principal_was_absent(self) -> None:
        changes: dict[str, Any] = {
            "reports.2.quarter": "2026Q1",
            "inspections.0.took_part": ["Wu"],
        }
        one = of(changes, hazard=None)
        assert one.status == EXPOSED
        assert [code for code, _ in todos(one)] == ["cure-quarter", "show-taking-part"]

    def test_asks_the_bureau_where_a_quarter_is_pending(self) -> None:
        one = of({"inspections.3.team": "external"}, hazard=None)
        assert (one.status, todos(one)) == (EXPOSED, [("ask-bureau", None)])
        later = of({"enterprise.suspensions": [{"from": "2026-06-20"}]}, hazard=None)
        assert (later.status, later.ends_at) == (AT_RISK, midnight(10, 16))
        assert todos(later) == [("ask-bureau", midnight(10, 16) - TICK)]

    def test_before_the_regime_nothing_is_against_anybody(self) -> None:
        at = dt.datetime(2025, 2, 1, tzinfo=SHANGHAI)
        one = of({"policy.regime_start": "2035-01-01"}, at=at, hazard=None)
        assert one.status == PROTECTED


def test_where_item_10_does_not_apply_a_hazard_needs_no_plan() -> None:
    one = of({"policy.regime_start": "2035-01-01", "hazards.0.planned_at": None})
    assert (one.status, one.todo) == (PROTECTED, ())


def test_what_is_taken_for_granted_is_said() -> None:
    assert word(ASSUMED, "zh")
    assert word(ASSUMED, "en")
