"""What makes each question hold, or not, at its edges."""

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards.rules.cutoff import AtCutoff, Once
from hazards.rules.deadlines import OverriddenCalendar, WeekendCalendar
from hazards.rules.determine import determine
from hazards.rules.facts import Facts
from hazards.rules.outcomes import NO_PENALTY, PENALTY, REVIEW, Answer, Outcome
from hazards.rules.quarters import Quarter
from hazards.rules.record import Case
from hazards.rules.rulebook import RULEBOOKS
from hazards.rules.terms import terms_of
from tests.hazards.rules.good_facts import CALENDAR, determined, facts

CUTOFF = "2026-08-20T09:30:00+08:00"
JUST_BEFORE = "2026-08-20T09:29:59.999999+08:00"
NONE_MATCHED: dict[str, Any] = {"finding.match": {"verdict": "none"}}


def codes(changes: dict[str, Any]) -> list[str]:
    return [answer.code for answer in determined(changes).answers if answer.holds]


def answer(changes: dict[str, Any], code: str) -> Answer:
    return next(a for a in determined(changes).answers if a.code == code)


def extension(**said: Any) -> dict[str, Any]:
    asked = {"asked_at": "2026-07-20T09:00:00+08:00", "due_on": "2026-12-31"} | said
    return {"hazards.0.due_on": "2026-08-10", "hazards.0.extensions": [asked]}


class TestTheCutoff:
    @pytest.mark.parametrize(
        ("cutoff", "notice", "arrival", "expected"),
        [
            ("arrival", "08:00", "09:30", "09:30"),
            ("arrival", "08:00", None, "14:00"),
            ("notice", "08:00", "09:30", "08:00"),
            ("notice", None, "09:30", "09:30"),
            ("notice", None, None, "14:00"),
            ("finding", "08:00", "09:30", "14:00"),
        ],
    )
    def test_is_the_event_that_the_policy_names_or_the_next(
        self, cutoff: str, notice: str | None, arrival: str | None, expected: str
    ) -> None:
        said = determined(
            {
                "policy.cutoff": cutoff,
                "finding.notice_at": notice and f"2026-08-20T{notice}:00+08:00",
                "finding.arrival_at": arrival and f"2026-08-20T{arrival}:00+08:00",
            }
        )
        assert said.plain()["cutoff"] == f"2026-08-20T{expected}:00+08:00"

    @pytest.mark.parametrize(
        ("received", "decisive"),
        [(JUST_BEFORE, "relief"), (CUTOFF, "reported-after-cutoff")],
    )
    def test_what_comes_at_it_does_not_exist(
        self, received: str, decisive: str
    ) -> None:
        changes = {"hazards.0.reported_at": received, "policy.late_report_days": 365}
        assert determined(changes).decisive == decisive

    def test_a_hazard_registered_at_it_is_on_no_record(self) -> None:
        changes = {
            "hazards.0.found_at": JUST_BEFORE,
            "hazards.0.registered_at": CUTOFF,
            "hazards.0.reported_at": None,
        }
        assert determined(changes).decisive == "undetermined"


class TestTheHazard:
    @pytest.mark.parametrize(
        ("notice", "reported", "cutoff", "holds"),
        [
            ("2026-08-20T08:00:00+08:00", "2026-08-20T08:00:00+08:00", "arrival", True),
            ("2026-08-20T08:00:00+08:00", JUST_BEFORE, "arrival", True),
            ("2026-08-20T08:00:00+08:00", CUTOFF, "arrival", False),
            (
                "2026-08-20T08:00:00+08:00",
                "2026-08-20T07:59:59+08:00",
                "arrival",
                False,
            ),
            ("2026-08-20T08:00:00+08:00", JUST_BEFORE, "notice", True),
            (None, JUST_BEFORE, "arrival", False),
            (None, CUTOFF, "finding", True),
            (None, "2026-08-20T13:59:59+08:00", "finding", True),
            (None, "2026-08-20T14:00:00+08:00", "finding", False),
        ],
    )
    def test_reported_between_notice_and_arrival(
        self, notice: str | None, reported: str, cutoff: str, *, holds: bool
    ) -> None:
        changes = {
            "finding.notice_at": notice,
            "hazards.0.reported_at": reported,
            "policy.cutoff": cutoff,
        }
        assert ("reported-in-notice-window" in codes(changes)) is holds

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"hazards.0.signed_by": None}, "没有签字记录"),
            ({"hazards.0.report_state": "returned"}, "已被退回补正"),
            ({"hazards.0.reported_to": None}, "没有报送部门的记录"),
            ({"hazards.0.reported_to": "x", "hazards.0.signed_by": None}, "、报送给了"),
        ],
    )
    def test_a_defect_of_the_report_is_named(
        self, changes: dict[str, Any], said: str
    ) -> None:
        assert determined(changes).decisive == "report-defect"
        assert said in answer(changes, "report-defect").sentence()

    @pytest.mark.parametrize(
        ("changes", "decisive"),
        [
            (extension(), "extension-pending"),
            (extension(due_on="2026-08-20"), "extension-pending"),
            (extension(due_on="2026-08-19"), "rectification-overdue"),
            (extension(refused=True), "rectification-overdue"),
            (extension(approved_at=JUST_BEFORE), "relief"),
            (extension(approved_at=CUTOFF), "extension-pending"),
            (extension(approved_at=JUST_BEFORE, due_on="2026-08-01"),
             "rectification-overdue"),
            (extension(asked_at="2026-08-10T23:59:59.999999+08:00"),
             "extension-pending"),
            (extension(asked_at="2026-08-11T00:00:00+08:00"), "rectification-overdue"),
            (extension(approved_at=JUST_BEFORE, due_on="2026-08-01")
             | {"hazards.0.due_on": "2026-08-20"}, "relief"),
            ({"hazards.0.due_on": "2026-08-20"}, "relief"),
            ({"hazards.0.due_on": "2026-08-19"}, "rectification-overdue"),
            ({"hazards.0.due_on": None}, "plan-incomplete"),
            ({"hazards.0.due_on": "2026-08-19", "hazards.0.planned_at": None},
             "plan-incomplete"),
            ({"hazards.0.planned_at": CUTOFF}, "plan-incomplete"),
        ],
    )  # fmt: skip
    def test_the_deadline_moves_by_what_was_asked_in_time(
        self, changes: dict[str, Any], decisive: str
    ) -> None:
        assert determined(changes).decisive == decisive

    def test_requests_are_taken_in_the_order_they_were_asked(self) -> None:
        late = extension(asked_at="2026-08-15T09:00:00+08:00", due_on="2026-11-30")
        early = extension(due_on="2026-08-18", approved_at=JUST_BEFORE)
        both = [late["hazards.0.extensions"][0], early["hazards.0.extensions"][0]]
        changes = {"hazards.0.due_on": "2026-08-10", "hazards.0.extensions": both}
        assert determined(changes).decisive == "extension-pending"

    @pytest.mark.parametrize(
        ("progress", "planned", "good"),
        [
            ([], "2026-07-21T09:30:00+08:00", True),
            ([], "2026-07-21T09:29:59.999999+08:00", False),
            ([JUST_BEFORE], "2026-07-01T00:00:00+08:00", True),
            ([CUTOFF], "2026-07-01T00:00:00+08:00", False),
            (["2026-07-01T00:00:00+08:00"], "2026-07-01T00:00:00+08:00", True),
            (["2026-06-30T23:59:59+08:00"], "2026-07-01T00:00:00+08:00", False),
        ],
    )
    def test_progress_is_asked_for_after_thirty_days(
        self, progress: list[str], planned: str, *, good: bool
    ) -> None:
        changes = {"hazards.0.progress": progress, "hazards.0.planned_at": planned}
        assert determined(changes).decisive == ("relief" if good else "plan-incomplete")

    @pytest.mark.parametrize(
        ("found", "decisive", "leaning"),
        [
            ("2026-08-19T09:30:00+08:00", "reported-after-cutoff", ""),
            ("2026-08-19T09:30:00.000001+08:00", "prompt-window-open", NO_PENALTY),
        ],
    )
    def test_hours_for_a_report_run_strictly(
        self, found: str, decisive: str, leaning: str
    ) -> None:
        changes = {
            "hazards.0.found_at": found,
            "hazards.0.registered_at": found,
            "hazards.0.reported_at": CUTOFF,
        }
        said = determined(changes)
        assert (said.decisive, said.enterprise.leaning) == (decisive, leaning)

    def test_the_last_instant_of_the_hours_is_within_them(self) -> None:
        changes = {
            "hazards.0.found_at": "2026-08-20T00:00:00+08:00",
            "hazards.0.registered_at": "2026-08-20T01:00:00+08:00",
            "hazards.0.reported_at": "2026-08-21T00:00:00+08:00",
        }
        assert determined(changes).principal == Outcome(REVIEW, NO_PENALTY)

    def test_hours_that_ran_out_before_the_report_lean_nowhere(self) -> None:
        changes = {
            "hazards.0.found_at": "2026-08-20T00:00:00+08:00",
            "hazards.0.registered_at": "2026-08-20T01:00:00+08:00",
            "hazards.0.reported_at": "2026-08-21T00:00:00.000001+08:00",
        }
        assert determined(changes).principal == Outcome(REVIEW)

    def test_the_plan_may_follow_within_the_hours(self) -> None:
        changes = {
            "hazards.0.found_at": "2026-08-19T10:00:00+08:00",
            "hazards.0.registered_at": "2026-08-19T10:00:00+08:00",
            "hazards.0.reported_at": "2026-08-19T11:00:00+08:00",
            "hazards.0.planned_at": None,
        }
        assert codes(changes) == ["plan-window-open", "plan-incomplete"]

    @pytest.mark.parametrize(
        ("changes", "decisive"),
        [
            ({"hazards.0.accepted_at": JUST_BEFORE}, "closed-but-found"),
            ({"hazards.0.closed_at": JUST_BEFORE}, "closed-but-found"),
            ({"hazards.0.closed_at": CUTOFF}, "relief"),
            ({"hazards.0.report_state": "accepted"}, "relief"),
            ({"hazards.0.interim_measures": None}, "plan-incomplete"),
            ({"finding.measures_effective": False}, "measures-ineffective"),
            ({"finding.measures_effective": None}, "measures-unassessed"),
            ({"hazards.0.reported_at": "2026-06-10T10:00:00+08:00"}, "relief"),
            ({"hazards.0.reported_at": "2026-06-10T10:00:01+08:00"}, "reported-late"),
            ({"hazards.0.graded": "general"}, "relief"),
            ({"hazards.0.graded": "general", "hazards.0.reported_at": None},
             "graded-general"),
            ({"hazards.0.reported_at": None}, "known-unreported"),
            ({"finding.visit": "guidance"}, "guidance-visit"),
            ({"finding.major": False}, "not-major"),
            ({"policy.regime_start": "2026-08-20"}, "relief"),
            ({"policy.regime_start": "2026-08-21"}, "before-regime"),
            ({"finding.regulator": "other"}, "other-regulator"),
            ({"finding.falsified": True}, "falsified"),
            ({"finding.stop_order_defied": True}, "stop-order-defied"),
            ({"finding.accident": True}, "accident"),
            ({"finding.match": None}, "match-unclear"),
            ({"finding.match.verdict": "part"}, "match-unclear"),
            ({"finding.match.verdict": "unclear"}, "match-unclear"),
            ({"finding.match.verdict": "different"}, "undetermined"),
        ],
    )  # fmt: skip
    def test_each_answer_has_its_edge(
        self, changes: dict[str, Any], decisive: str
    ) -> None:
        assert determined(changes).decisive == decisive

    def test_a_flag_turns_relief_into_what_the_policy_says(self) -> None:
        missed = {"reports.4.quarter": "2025Q2"}
        said = determined(missed)
        assert (said.decisive, said.flags) == (
            "relief-but-flagged",
            ("missing_quarter",),
        )
        assert said.enterprise == Outcome(REVIEW, NO_PENALTY)
        lenient = determined(
            missed | {"policy.relief_with_standing_flag": "no_penalty"}
        )
        assert lenient.enterprise == Outcome(NO_PENALTY)
        without = determined(missed | {"policy.missing_quarter_effect": "none"})
        assert (without.decisive, without.flags) == ("relief", ("missing_quarter",))

    def test_an_overdue_hazard_has_the_effect_of_the_policy(self) -> None:
        late: dict[str, Any] = {"hazards.0.due_on": "2026-08-19"}
        assert determined(late).enterprise == Outcome(REVIEW, PENALTY)
        harsh = late | {"policy.overdue_effect": "penalty"}
        assert determined(harsh).enterprise == Outcome(PENALTY)


class TestTheRecord:
    MISSED = NONE_MATCHED | {"reports.4.quarter": "2025Q2"}

    def test_a_missing_quarter_has_the_effect_of_the_policy(self) -> None:
        said = determined(self.MISSED)
        assert said.decisive == "missing-quarter"
        assert [o.outcome for o in said.outcomes] == [
            "penalty",
            "penalty",
            "accountability",
        ]
        soft = determined(self.MISSED | {"policy.missing_quarter_effect": "review"})
        assert [o.outcome for o in soft.outcomes] == [REVIEW] * 3
        none = determined(self.MISSED | {"policy.missing_quarter_effect": "none"})
        assert none.decisive == "undetermined"
        assert "missing-quarter" in [a.code for a in none.listed]

    @pytest.mark.parametrize(
        ("principals", "outcome"),
        [
            ([], REVIEW),
            ([{"person": "Su", "from": "2026-07-15"}], PENALTY),
            ([{"person": "Su", "from": "2026-07-16"}], REVIEW),
            ([{"person": "Li", "from": "2020-01-06", "to": "2026-08-19"}], REVIEW),
        ],
    )
    def test_a_principal_answers_for_what_fell_into_the_own_term(
        self, principals: list[dict[str, str]], outcome: str
    ) -> None:
        # The first half's visit names Li, so no flag of the year: the quarter alone.
        said = determined(self.MISSED | {"enterprise.principals": principals})
        assert said.decisive == "missing-quarter"
        assert said.principal.outcome == outcome
        assert said.enterprise.outcome == PENALTY

    @pytest.mark.parametrize(
        ("since", "outcome"), [("2026-07-15", PENALTY), ("2026-07-16", REVIEW)]
    )
    def test_of_several_missing_quarters_the_latest_due_day_counts(
        self, since: str, outcome: str
    ) -> None:
        said = determined(
            self.MISSED
            | {
                "reports.3.quarter": "2025Q2",
                "enterprise.principals": [{"person": "Su", "from": since}],
            }
        )
        assert (said.decisive, said.principal.outcome) == ("missing-quarter", outcome)

    @pytest.mark.parametrize(
        ("held", "decisive"),
        [("2025-12-31", "missing-quarter"), ("2026-01-01", "new-hazard-old-miss")],
    )
    def test_an_inspection_on_the_last_day_of_the_miss_is_not_since(
        self, held: str, decisive: str
    ) -> None:
        changes = NONE_MATCHED | {
            "reports.2.quarter": "2025Q3",
            "reports.3.quarter": "2025Q3",
            "enterprise.waivers": [{"quarter": "2026Q1"}, {"quarter": "2026Q2"}],
            "inspections.3.held_on": held,
            "inspections.4.held_on": held,
            "finding.existed_at_last_inspection": False,
        }
        assert determined(changes).decisive == decisive

    @pytest.mark.parametrize(
        ("received", "decisive"),
        [(JUST_BEFORE, "missed-by-inspection"), (CUTOFF, "undetermined")],
    )
    def test_an_inspection_is_visible_once_a_report_that_lists_it_came(
        self, received: str, decisive: str
    ) -> None:
        quarters = ["2025Q3", "2025Q4", "2026Q1", "2026Q2"]
        changes: dict[str, Any] = {f"reports.{n}.inspections": [] for n in range(4)}
        changes |= NONE_MATCHED | {
            "enterprise.waivers": [{"quarter": quarter} for quarter in quarters],
            "policy.principal_absence_effect": "none",
            "reports.4.received_at": received,
            "finding.existed_at_last_inspection": True,
        }
        assert determined(changes).decisive == decisive

    @pytest.mark.parametrize(
        ("existed", "decisive"),
        [(False, "new-hazard-old-miss"), (True, "missing-quarter"),
         (None, "missing-quarter")],
    )  # fmt: skip
    def test_an_inspection_since_the_miss_may_excuse_a_hazard_that_is_new(
        self,
        existed: bool | None,  # noqa: FBT001
        decisive: str,
    ) -> None:
        # 2025Q4 is missing, and the own team inspected twice since.
        changes = NONE_MATCHED | {
            "reports.2.quarter": "2025Q3",
            "finding.existed_at_last_inspection": existed,
        }
        assert determined(changes).decisive == decisive

    def test_none_since_the_miss_excuses_nothing(self) -> None:
        arose = {"finding.existed_at_last_inspection": False}
        assert determined(self.MISSED | arose).decisive == "missing-quarter"
        nothing: dict[str, Any] = arose | {
            f"reports.{n}.inspections": [] for n in range(5)
        }
        assert determined(NONE_MATCHED | nothing).decisive == "missing-quarter"
        soft = arose | {"policy.missing_quarter_effect": "none"}
        assert determined(self.MISSED | soft).decisive == "arose-after-inspection"

    def test_a_pending_quarter_is_for_a_person(self) -> None:
        outside = NONE_MATCHED | {"inspections.3.team": "external"}
        assert determined(outside).decisive == "quarter-pending"
        soft = outside | {"policy.missing_quarter_effect": "none"}
        assert determined(soft).decisive == "undetermined"
        assert "quarter-pending" in codes(soft)

    @pytest.mark.parametrize(
        ("took_part", "holds"), [(["Li"], False), (["Wu"], True), (None, None)]
    )
    def test_a_principal_who_was_nowhere_is_absent(
        self,
        took_part: list[str] | None,
        holds: bool | None,  # noqa: FBT001
    ) -> None:
        changes = NONE_MATCHED | {"inspections.0.took_part": took_part}
        assert answer(changes, "principal-absent").holds is holds
        assert ("principal_absent" in determined(changes).flags) is (holds is True)

    def test_an_inspection_on_a_day_without_principal_makes_it_unknown(self) -> None:
        terms = [{"person": "Li", "from": "2025-06-01"}]
        changes = NONE_MATCHED | {"enterprise.principals": terms}
        assert answer(changes, "principal-absent").holds is None
        assert determined(changes).decisive == "undetermined"

    @pytest.mark.parametrize(
        ("since", "outcome"), [("2025-12-31", PENALTY), ("2026-01-01", REVIEW)]
    )
    def test_whoever_took_office_after_the_year_is_not_asked_for_it(
        self, since: str, outcome: str
    ) -> None:
        terms = [
            {"person": "Li", "from": "2020-01-06", "to": "2025-12-30"},
            {"person": "Su", "from": since},
        ]
        said = determined(
            NONE_MATCHED
            | {"inspections.0.took_part": ["Wu"], "enterprise.principals": terms}
        )
        assert (said.decisive, said.principal.outcome) == ("principal-absent", outcome)

    def test_absence_without_effect_is_listed_and_decides_nothing(self) -> None:
        changes = NONE_MATCHED | {
            "inspections.0.took_part": ["Wu"],
            "policy.principal_absence_effect": "none",
        }
        assert determined(changes).decisive == "undetermined"
        assert "principal-absent" in codes(changes)

    def test_no_year_is_judged_before_the_first(self) -> None:
        changes = {"inspections.0.took_part": ["Wu"]} | NONE_MATCHED
        early = {
            "finding.found_at": "2026-01-15T14:00:00+08:00",
            "finding.arrival_at": None,
            "decided_on": None,
        }
        assert determined(changes | early).flags == ()
        early["finding.found_at"] = "2026-01-16T00:00:00+08:00"
        assert "principal_absent" in determined(changes | early).flags

    @pytest.mark.parametrize(
        ("existed", "decisive"),
        [(False, "arose-after-inspection"), (True, "missed-by-inspection")],
    )
    def test_the_officer_compares_with_the_last_own_inspection(
        self, decisive: str, *, existed: bool
    ) -> None:
        judged = NONE_MATCHED | {"finding.existed_at_last_inspection": existed}
        assert determined(judged).decisive == decisive
        never = judged | {
            "enterprise.established_on": "2026-08-01",
            **{f"reports.{n}.inspections": [] for n in range(5)},
        }
        assert determined(never).decisive == "undetermined"

    def test_a_report_after_the_due_day_is_a_note(self) -> None:
        late = {"reports.4.received_at": "2026-07-16T00:00:00+08:00"}
        said = determined(late)
        assert (said.decisive, said.flags) == ("relief", ())
        assert said.plain()["notes"] == ["satisfied_late:2026Q2"]
        assert "2026-07-15" in said.notes[0].sentence()
        in_time = {"reports.4.received_at": "2026-07-15T23:59:59.999999+08:00"}
        assert determined(in_time).notes == ()

    def test_a_waived_quarter_is_not_missing(self) -> None:
        waived = self.MISSED | {"enterprise.waivers": [{"quarter": "2026Q2"}]}
        assert determined(waived).flags == ()

    def test_the_first_list_of_an_inspection_makes_it_visible(self) -> None:
        again = {"reports.4.inspections": ["e", "a"], "reports.0.inspections": []}
        assert determined(NONE_MATCHED | again).flags == ()
        twice = {"reports.1.inspections": ["b", "a"]}
        assert determined(NONE_MATCHED | twice).flags == ()

    def test_a_note_names_the_first_late_report_that_served(self) -> None:
        report = {"quarter": "2026Q2", "inspections": ["e"]}
        late = {
            "reports.4.inspections": [],
            "reports.0": report | {"received_at": "2026-07-20T10:00:00+08:00"},
            "reports.1": report | {"received_at": "2026-07-18T10:00:00+08:00"},
        }
        (note,) = determined(late).notes
        assert note.received_at.day == 18

    def test_what_was_fixed_for_a_quarter_goes_before_policy(self) -> None:
        later = {"quarters": {"2026Q2": {"due_on": "2026-08-20"}}}
        assert determined(self.MISSED | later).flags == ()
        none = {"quarters": {"2026Q2": {"first_quarter": "2026Q3"}}}
        assert determined(self.MISSED | none).flags == ()

    def test_a_look_back_ends_where_the_calendar_begins(self) -> None:
        ancient = {
            "enterprise.established_on": "0001-01-01",
            "finding.found_at": "0001-08-20T14:00:00+08:06",
            "finding.arrival_at": None,
            "decided_on": None,
            "policy.first_quarter": "0001Q1",
            "policy.regime_start": "0001-01-01",
            "policy.flag_lookback_quarters": 10**9,
        }
        assert determined(NONE_MATCHED | ancient).flags == ("missing_quarter",)


class TestTheAnswer:
    def test_carries_question_sentence_articles_policies_and_records(self) -> None:
        plain = determined({"policy.late_report_days": 30}).plain()
        assert list(plain)[:5] == [
            "name",
            "decisive",
            "enterprise",
            "principal",
            "team",
        ]
        (relief,) = plain["answers"]
        assert relief["holds"] is True
        assert "2026-06-04 09:00" in relief["because"]
        assert "2026-06-04 09:00" in relief["because_en"]
        assert relief["provisions"] == ["circular-2025-11/item-10"]
        assert relief["policies"]["late_report_days"] == 30
        assert relief["policies"]["first_quarter"] == "2025Q2"
        assert relief["records"] == ["hazard:dust"]
        assert json.loads(json.dumps(plain)) == plain

    def test_speaks_the_language_asked_for(self) -> None:
        plain = determined({}).plain("en")
        assert plain["answers"][0]["because"].startswith("Hazard dust was reported")
        assert "because_en" not in plain["answers"][0]

    def test_every_question_is_there_with_a_sentence(self) -> None:
        for changes in ({}, NONE_MATCHED, {"hazards.0.reported_at": None}):
            said = determined(changes)
            assert len(said.answers) == len(RULEBOOKS[-1].questions)
            for one in said.answers:
                for language in ("zh", "en"):
                    assert one.question(language)
                    assert "{" not in one.sentence(language)
        assert not answer({}, "missing-quarter").is_asked
        assert answer({}, "relief").is_asked

    def test_policies_are_those_that_were_read(self) -> None:
        assert answer({}, "guidance-visit").policies == {}
        closed = {"hazards.0.closed_at": JUST_BEFORE}
        assert set(answer(closed, "closed-but-found").policies) == {"cutoff"}
        missing = answer(TestTheRecord.MISSED, "missing-quarter").policies
        assert missing["missing_quarter_effect"] == "penalty"
        assert missing["filing_due_day"] == 15

    def test_a_calendar_that_cannot_be_told_from_others_is_asked(self) -> None:
        # 15 July 2026 entered as a day off: the report of the 16th is in time.
        day_off = OverriddenCalendar(WeekendCalendar(), {dt.date(2026, 7, 15): False})
        late = facts({"reports.4.received_at": "2026-07-16T10:00:00+08:00"})
        assert determine(late, day_off).notes == ()
        assert determine(late, CALENDAR).notes != ()

    def test_is_the_same_for_the_same_facts(self) -> None:
        one = facts(NONE_MATCHED)
        assert determine(one, CALENDAR).plain() == determine(one, CALENDAR).plain()


class TestTheCase:
    def case(self, changes: dict[str, Any]) -> Case:
        one = facts(changes)
        found_on = one.finding.found_at.date()
        terms = terms_of(one.policy, CALENDAR, found_on)
        return Case(one, terms, found_on=found_on, first_year=2025)

    def test_knows_no_hazard_where_none_is_matched(self) -> None:
        with pytest.raises(LookupError, match="none is matched"):
            _ = self.case(NONE_MATCHED).same

    def test_defaults_before_the_first_are_the_first(self) -> None:
        terms = terms_of({}, CALENDAR, dt.date(1999, 1, 1))
        assert terms.values["cutoff"] == "arrival"
        assert terms.of(Quarter(1999, 1)).first_quarter == Quarter(2025, 2)

    def test_a_part_of_the_record_is_described(self) -> None:
        assert isinstance(AtCutoff.at, Once)
        assert "cut-off" in (AtCutoff.at.__doc__ or "")


UNKNOWNS: list[dict[str, Any]] = [
    {"finding.match": None},
    {"finding.match": {"verdict": "unclear"}},
    {"finding.measures_effective": None},
    {"finding.existed_at_last_inspection": None, **NONE_MATCHED},
    {"inspections.0.took_part": None, **NONE_MATCHED},
    {"enterprise.principals": [], **NONE_MATCHED},
    {"inspections.3.team": "external", **NONE_MATCHED},
]


@given(
    unknown=st.sampled_from(UNKNOWNS),
    effect=st.sampled_from(["penalty", "review"]),
    overdue=st.sampled_from(["penalty", "review"]),
)
def test_no_outcome_is_a_penalty_on_what_is_not_known(
    unknown: dict[str, Any], effect: str, overdue: str
) -> None:
    said = determined(
        unknown
        | {
            "policy.missing_quarter_effect": effect,
            "policy.principal_absence_effect": effect,
            "policy.overdue_effect": overdue,
        }
    )
    assert {outcome.outcome for outcome in said.outcomes}.isdisjoint(
        {"penalty", "accountability"}
    )


def test_a_refused_suspension_counts_for_nothing() -> None:
    one = facts(
        TestTheRecord.MISSED | {"enterprise.suspensions": [{"from": "2026-01-01"}]}
    )
    assert determine(one, CALENDAR).decisive == "quarter-pending"
    (declared,) = one.enterprise.suspensions
    refused = replace(declared, confirmed=False)
    enterprise = replace(one.enterprise, suspensions=(refused,))
    other: Facts = replace(one, enterprise=enterprise)
    assert determine(other, CALENDAR).decisive == "missing-quarter"
