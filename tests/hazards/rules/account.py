"""
A second account of the decision, plain and slow, against which the product is held.

It shares with the product the types of what is put in and what comes out, and nothing
else: every sentence of the reading is said here once more, each quarter and each date
worked out from nothing.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from hazards.rules.facts import (
    PLAN_ELEMENTS,
    ExtensionFacts,
    Facts,
    HazardFacts,
    InspectionFacts,
    PrincipalTerm,
    ReportFacts,
)
from hazards.rules.outcomes import Determination, Outcome

IsWorkday = Callable[[dt.date], bool]
QuarterName = tuple[int, int]
"""A year and 1 to 4."""

ZONE: Final = ZoneInfo("Asia/Shanghai")
DAY: Final = dt.timedelta(days=1)
HOUR: Final = dt.timedelta(hours=1)
DEFAULTS: Final[dict[str, Any]] = {
    "cutoff": "arrival",
    "prompt_report_hours": 24,
    "filing_due_day": 15,
    "roll_due_date_over_holidays": True,
    "flag_lookback_quarters": 4,
    "missing_quarter_effect": "penalty",
    "principal_absence_effect": "penalty",
    "late_report_days": 7,
    "relief_with_standing_flag": "review",
    "overdue_effect": "review",
    "first_quarter": (2025, 2),
    "regime_start": dt.date(2025, 2, 27),
}


@dataclass(frozen=True)
class Account:
    """What the second account says of a file."""

    decisive: str
    outcomes: tuple[str, str, str]
    """Of enterprise, principal and team, written ``review→penalty`` with a leaning."""
    flags: tuple[str, ...]
    late: tuple[str, ...]
    """The quarters of the look-back whose report came after its due day."""
    holding: frozenset[str]
    """The codes of all questions answered yes."""


def account(facts: Facts, is_workday: IsWorkday) -> Account:
    """Give the whole decision on the facts."""
    return _Reading(facts, is_workday).account()


def as_said(determination: Determination) -> Account:
    """Put what the product says in the same words."""
    return Account(
        decisive=determination.decisive,
        outcomes=(
            _in_words(determination.enterprise),
            _in_words(determination.principal),
            _in_words(determination.team),
        ),
        flags=determination.flags,
        late=tuple(sorted(str(note.quarter) for note in determination.notes)),
        holding=frozenset(a.code for a in determination.answers if a.holds),
    )


def _in_words(outcome: Outcome) -> str:
    return "→".join(filter(None, outcome))


@dataclass(frozen=True)
class _Said:
    """One question answered yes; `outcomes` is None where it does not decide."""

    code: str
    outcomes: tuple[str, str, str] | None


class _Reading:
    def __init__(self, facts: Facts, is_workday: IsWorkday) -> None:
        self.facts = facts
        self.is_workday = is_workday
        self.policy = DEFAULTS | dict(facts.policy)
        finding = facts.finding
        # T is the instant named by the cut-off; a notice falls back to the arrival, an
        # arrival to the finding.
        arrival_at = finding.arrival_at or finding.found_at
        self.t = {
            "finding": finding.found_at,
            "arrival": arrival_at,
            "notice": finding.notice_at or arrival_at,
        }[self.policy["cutoff"]]
        self.today = day_of(self.t)
        self.reports = [r for r in facts.reports if r.received_at < self.t]
        self.visible = [
            inspection
            for inspection in facts.inspections
            if any(inspection.id in report.inspections for report in self.reports)
        ]

    def account(self) -> Account:
        said = [
            *self._about_the_visit(),
            *self._about_the_officers_record(),
            *self._about_a_known_hazard(),
            *self._about_an_unknown_hazard(),
        ]
        decided = [(s.code, s.outcomes) for s in said if s.outcomes is not None]
        if not decided:
            # Only where no hazard of the record answers can nothing have answered.
            said.append(_Said("undetermined", ("review", "review", "review")))
            decided = [("undetermined", ("review", "review", "review"))]
        flags = {
            "missing_quarter": bool(self.missing()),
            "principal_absent": self.principal_absent(),
        }
        return Account(
            decisive=decided[0][0],
            outcomes=decided[0][1],
            flags=tuple(flag for flag, stands in flags.items() if stands),
            late=tuple(
                "{}Q{}".format(*q)
                for q in self.look_back()
                if self.state(q) == "satisfied_late"
            ),
            holding=frozenset(s.code for s in said),
        )

    # --- the order of questions

    def _about_the_visit(self) -> Iterator[_Said]:
        finding = self.facts.finding
        if finding.visit == "guidance":
            yield _Said("guidance-visit", ("none", "none", "none"))
        if not finding.major:
            yield _Said("not-major", ("none", "none", "none"))
        if day_of(finding.found_at) < self.policy["regime_start"]:
            yield _Said("before-regime", ("none", "none", "none"))
        if finding.regulator == "other":
            yield _Said("other-regulator", ("review", "review", "none"))

    def _about_the_officers_record(self) -> Iterator[_Said]:
        finding = self.facts.finding
        if finding.falsified:
            yield _Said("falsified", ("penalty", "penalty", "accountability"))
        if finding.stop_order_defied:
            yield _Said("stop-order-defied", ("penalty", "penalty", "review"))
        if finding.accident:
            yield _Said("accident", ("review", "review", "review"))
        if finding.match is None or finding.match.verdict in {"part", "unclear"}:
            yield _Said("match-unclear", ("review", "review", "review"))

    def _about_a_known_hazard(self) -> Iterator[_Said]:
        hazard = self.same_hazard()
        if hazard is None:
            return
        if self.was_closed(hazard):
            yield _Said(
                "closed-but-found", ("review→penalty", "review→penalty", "review")
            )
        if self.reported_in_the_window(hazard):
            yield _Said(
                "reported-in-notice-window",
                ("review→no_penalty", "review→no_penalty", "none"),
            )
        if self.was_reported(hazard):
            yield from self._about_a_reported_hazard(hazard)
        elif hazard.registered_at < self.t:
            yield from self._about_an_unreported_hazard(hazard)

    def _about_a_reported_hazard(self, hazard: HazardFacts) -> Iterator[_Said]:
        lenient = ("review→no_penalty", "review→no_penalty", "none")
        strict = ("review→penalty", "review→penalty", "review")
        # All is good where nothing that was asked before about the hazard holds.
        good = not self.was_closed(hazard) and not self.reported_in_the_window(hazard)
        if self.is_defective(hazard):
            good = False
            yield _Said("report-defect", lenient)
        if self.is_overdue(hazard):
            good = False
            yield from self._about_an_overdue_hazard(hazard)
        if not self.plan_is_complete(hazard):
            good = False
            if self.is_prompt(hazard):
                yield _Said("plan-window-open", lenient)
            yield _Said("plan-incomplete", strict)
        if self.facts.finding.measures_effective is False:
            yield _Said("measures-ineffective", ("review", "review", "review"))
        elif self.facts.finding.measures_effective is None:
            yield _Said("measures-unassessed", lenient)
        elif good:
            yield from self._about_a_good_report(hazard)

    def _about_an_overdue_hazard(self, hazard: HazardFacts) -> Iterator[_Said]:
        _, undecided = self.deadline(hazard)
        if any(extension.due_on >= self.today for extension in undecided):
            yield _Said("extension-pending", ("review", "review", "none"))
        overdue = with_leaning(self.policy["overdue_effect"], "penalty")
        yield _Said("rectification-overdue", (overdue, overdue, "review"))

    def _about_a_good_report(self, hazard: HazardFacts) -> Iterator[_Said]:
        assert hazard.reported_at is not None
        took = hazard.reported_at - hazard.found_at
        if took > self.policy["late_report_days"] * DAY:
            yield _Said(
                "reported-late", ("review→no_penalty", "review→no_penalty", "none")
            )
        elif (self.missing() and self.policy["missing_quarter_effect"] != "none") or (
            self.principal_absent()
            and self.policy["principal_absence_effect"] != "none"
        ):
            effect = with_leaning(
                self.policy["relief_with_standing_flag"], "no_penalty"
            )
            yield _Said("relief-but-flagged", (effect, effect, "none"))
        else:
            yield _Said("relief", ("no_penalty", "no_penalty", "none"))

    def _about_an_unreported_hazard(self, hazard: HazardFacts) -> Iterator[_Said]:
        if hazard.graded == "general":
            yield _Said("graded-general", ("review", "review", "review"))
        if self.is_prompt(hazard):
            hours = self.policy["prompt_report_hours"] * HOUR
            in_hours = (
                hazard.reported_at is not None
                and hazard.reported_at - hazard.found_at <= hours
            )
            effect = "review→no_penalty" if in_hours else "review"
            yield _Said("prompt-window-open", (effect, effect, "none"))
        if hazard.reported_at is not None:
            yield _Said("reported-after-cutoff", ("penalty", "penalty", "review"))
        else:
            yield _Said("known-unreported", ("penalty", "penalty", "review"))

    def _about_an_unknown_hazard(self) -> Iterator[_Said]:
        if not self.no_such_hazard():
            return
        yield from self._about_the_quarters()
        if self.principal_absent():
            effect = self.policy["principal_absence_effect"]
            in_person = self.in_person(effect, dt.date(self.year_judged(), 12, 31))
            yield _Said(
                "principal-absent",
                None if effect == "none" else ("review", in_person, "none"),
            )
        existed = self.facts.finding.existed_at_last_inspection
        if existed is False and self.internal_inspections():
            yield _Said(
                "arose-after-inspection",
                ("review→no_penalty", "review→no_penalty", "none"),
            )
        if existed is True and self.internal_inspections():
            yield _Said(
                "missed-by-inspection", ("review→penalty", "review→penalty", "review")
            )

    def _about_the_quarters(self) -> Iterator[_Said]:
        effect = self.policy["missing_quarter_effect"]
        missing = self.missing()
        if missing:
            last_day = last_of(max(missing))
            arose = self.facts.finding.existed_at_last_inspection is False
            since = any(i.held_on > last_day for i in self.internal_inspections())
            if effect != "none" and arose and since:
                yield _Said("new-hazard-old-miss", ("review", "review", "review"))
            in_person = self.in_person(effect, max(self.due_on(q) for q in missing))
            team = "accountability" if effect == "penalty" else "review"
            yield _Said(
                "missing-quarter",
                None if effect == "none" else (effect, in_person, team),
            )
        if any(self.state(quarter) == "pending" for quarter in self.look_back()):
            yield _Said(
                "quarter-pending",
                None if effect == "none" else ("review", "review", "review"),
            )

    # --- the hazard

    def same_hazard(self) -> HazardFacts | None:
        match = self.facts.finding.match
        if match is None or match.verdict != "same":
            return None
        return next(h for h in self.facts.hazards if h.id == match.hazard)

    def no_such_hazard(self) -> bool:
        match = self.facts.finding.match
        if match is None:
            return False
        hazard = self.same_hazard()
        return match.verdict in {"none", "different"} or (
            hazard is not None and hazard.registered_at >= self.t
        )

    def was_reported(self, hazard: HazardFacts) -> bool:
        return hazard.reported_at is not None and hazard.reported_at < self.t

    def was_closed(self, hazard: HazardFacts) -> bool:
        return self.was_reported(hazard) and any(
            gone is not None and gone < self.t
            for gone in (hazard.accepted_at, hazard.closed_at)
        )

    def reported_in_the_window(self, hazard: HazardFacts) -> bool:
        finding = self.facts.finding
        reported_at = hazard.reported_at
        if reported_at is None:
            return False
        came = finding.arrival_at or finding.found_at
        if finding.notice_at is not None and finding.notice_at <= reported_at < came:
            return True
        return (
            self.policy["cutoff"] == "finding"
            and finding.arrival_at is not None
            and finding.arrival_at <= reported_at < finding.found_at
        )

    def is_defective(self, hazard: HazardFacts) -> bool:
        return (
            hazard.signed_by is None
            or hazard.report_state == "returned"
            or hazard.reported_to != self.facts.enterprise.responsible_bureau
        )

    def is_prompt(self, hazard: HazardFacts) -> bool:
        hours: int = self.policy["prompt_report_hours"]
        return self.t - hazard.found_at < hours * HOUR

    def was_planned(self, hazard: HazardFacts) -> bool:
        return hazard.planned_at is not None and hazard.planned_at < self.t

    def deadline(
        self, hazard: HazardFacts
    ) -> tuple[dt.date | None, list[ExtensionFacts]]:
        """Return the day at T, and the extensions that nobody had decided by then."""
        deadline = hazard.due_on if self.was_planned(hazard) else None
        undecided: list[ExtensionFacts] = []
        if deadline is None:
            return None, undecided
        for extension in sorted(hazard.extensions, key=lambda e: e.asked_at):
            too_late = day_of(extension.asked_at) > deadline
            if extension.asked_at >= self.t or too_late or extension.refused:
                continue
            if extension.approved_at is not None and extension.approved_at < self.t:
                deadline = max(deadline, extension.due_on)
            else:
                undecided.append(extension)
        return deadline, undecided

    def is_overdue(self, hazard: HazardFacts) -> bool:
        deadline, _ = self.deadline(hazard)
        return deadline is not None and self.today > deadline

    def plan_is_complete(self, hazard: HazardFacts) -> bool:
        if hazard.planned_at is None or hazard.planned_at >= self.t:
            return False
        if set(hazard.plan) != set(PLAN_ELEMENTS) or hazard.due_on is None:
            return False
        if not hazard.interim_measures:
            return False
        needs_progress = self.t - hazard.planned_at > 30 * 24 * HOUR
        planned_at = hazard.planned_at
        return not needs_progress or any(
            planned_at <= entry < self.t for entry in hazard.progress
        )

    # --- the quarters

    def due_on(self, quarter: QuarterName) -> dt.date:
        """Return the last day in time of the quarter's report."""
        stored = self.on_record(quarter)
        if stored is not None and stored.due_on is not None:
            due_on: dt.date = stored.due_on
            return due_on
        due_on = last_of(quarter) + self.policy["filing_due_day"] * DAY
        if self.policy["roll_due_date_over_holidays"]:
            while not self.is_workday(due_on):
                due_on += DAY
        return due_on

    def on_record(self, quarter: QuarterName) -> Any:
        for key, stored in self.facts.quarters.items():
            if (key.year, key.number) == quarter:
                return stored
        return None

    def look_back(self) -> list[QuarterName]:
        """Return the latest quarters whose due day has ended at T, oldest first."""
        found: list[QuarterName] = []
        quarter = (self.today.year, (self.today.month + 2) // 3)
        while len(found) < self.policy["flag_lookback_quarters"]:
            if self.today > self.due_on(quarter):
                found.append(quarter)
            year, number = quarter
            quarter = (year, number - 1) if number > 1 else (year - 1, 4)
        return found[::-1]

    def is_exempt(self, quarter: QuarterName) -> bool:
        enterprise = self.facts.enterprise
        stored = self.on_record(quarter)
        first = self.policy["first_quarter"]
        if stored is not None and stored.first_quarter is not None:
            first = stored.first_quarter
        if not isinstance(first, tuple):
            first = (first.year, first.number)
        return (
            enterprise.established_on > first_of(quarter)
            or bool(quarter < first)
            or any(s.confirmed and covers(s, quarter) for s in enterprise.suspensions)
            or any(
                (w.quarter.year, w.quarter.number) == quarter
                for w in enterprise.waivers
            )
        )

    def serving(self, quarter: QuarterName, *, internal: bool) -> list[ReportFacts]:
        """Return the reports of the quarter that list such an inspection held in it."""

        def counts(inspection: InspectionFacts, report: ReportFacts) -> bool:
            return (
                inspection.id in report.inspections
                and inspection.internal is internal
                and first_of(quarter) <= inspection.held_on
                and inspection.ended_on <= last_of(quarter)
                and inspection.ended_on <= day_of(report.received_at)
            )

        return [
            report
            for report in self.reports
            if (report.quarter.year, report.quarter.number) == quarter
            and any(counts(inspection, report) for inspection in self.facts.inspections)
        ]

    def state(self, quarter: QuarterName) -> str:
        due_on = self.due_on(quarter)
        if self.today <= due_on:
            return "not_due"
        if self.is_exempt(quarter):
            return "exempt"
        own = self.serving(quarter, internal=True)
        if any(day_of(report.received_at) <= due_on for report in own):
            return "satisfied"
        if own:
            return "satisfied_late"
        declared = any(
            s.confirmed is None and s.declared_at < self.t and covers(s, quarter)
            for s in self.facts.enterprise.suspensions
        )
        external_only = bool(self.serving(quarter, internal=False))
        return "pending" if external_only or declared else "missing"

    def missing(self) -> list[QuarterName]:
        return [q for q in self.look_back() if self.state(q) == "missing"]

    # --- the principal

    def principals_on(self, day: dt.date) -> list[PrincipalTerm]:
        return [
            term
            for term in self.facts.enterprise.principals
            if term.from_on <= day and (term.to_on is None or day <= term.to_on)
        ]

    def year_judged(self) -> int:
        year = self.today.year
        while self.today <= self.due_on((year, 4)):
            year -= 1
        return year

    def principal_absent(self) -> bool:
        """Say whether the flag stands; where the record does not say, it does not."""
        year = self.year_judged()
        quarters = [(year, number) for number in (1, 2, 3, 4)]
        if year < 2025 or all(self.is_exempt(quarter) for quarter in quarters):
            return False
        held = [i for i in self.visible if i.held_on.year == year]
        return all(self.nobody_took_part(inspection) for inspection in held)

    def nobody_took_part(self, inspection: InspectionFacts) -> bool:
        """Say whether it is known that whoever was principal then did not take part."""
        days = (inspection.ended_on - inspection.held_on).days + 1
        principals = {
            term.person
            for number in range(days)
            for term in self.principals_on(inspection.held_on + number * DAY)
        }
        if inspection.took_part is None or not principals:
            return False
        return not principals & set(inspection.took_part)

    def in_person(self, effect: str, took_office_by: dt.date) -> str:
        """Soften a penalty for who was not yet in office on the day."""
        in_office = self.principals_on(day_of(self.facts.finding.found_at))
        answerable = any(term.from_on <= took_office_by for term in in_office)
        return effect if answerable or effect != "penalty" else "review"

    def internal_inspections(self) -> list[InspectionFacts]:
        return [inspection for inspection in self.visible if inspection.internal]


def with_leaning(outcome: str, leaning: str) -> str:
    """Write the outcome; only a review leans."""
    return f"review→{leaning}" if outcome == "review" else outcome


def day_of(instant: dt.datetime) -> dt.date:
    """Return the day in Asia/Shanghai."""
    return instant.astimezone(ZONE).date()


def first_of(quarter: QuarterName) -> dt.date:
    """Return the quarter's first day."""
    year, number = quarter
    return dt.date(year, number * 3 - 2, 1)


def last_of(quarter: QuarterName) -> dt.date:
    """Return the quarter's last day."""
    year, number = quarter
    following = dt.date(year + 1, 1, 1) if number == 4 else first_of((year, number + 1))
    return following - DAY


def covers(suspension: Any, quarter: QuarterName) -> bool:
    """Say whether every day of the quarter lies in the suspension."""
    return suspension.from_on <= first_of(quarter) and (
        suspension.to_on is None or suspension.to_on >= last_of(quarter)
    )
