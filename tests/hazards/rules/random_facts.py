"""
Facts made at random, crowded around the instants and days on which decisions turn.

Everything comes from one function `pick`, which takes one of a sequence: Hypothesis
gives one that finds the smallest example, `random.choice` one that is fast.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from hazards.rules.facts import (
    PLAN_ELEMENTS,
    REGULATORS,
    REPORT_STATES,
    SINCE_EVER,
    VERDICTS,
    VISITS,
    EnterpriseFacts,
    ExtensionFacts,
    Facts,
    FindingFacts,
    HazardFacts,
    InspectionFacts,
    MatchFacts,
    PrincipalTerm,
    QuarterOnRecord,
    ReportFacts,
    WaiverFacts,
)
from hazards.rules.obligations import Suspension
from hazards.rules.quarters import Quarter

T = TypeVar("T")
Pick = Callable[[Sequence[T]], T]

ZONE = ZoneInfo("Asia/Shanghai")
TICK = dt.timedelta(microseconds=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
PEOPLE = ("Zhang", "Wang", "Li")
HAZARDS = ("H1", "H2")
FINDINGS = tuple(
    dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)
    for text in (
        "2026-08-20T14:00:00",
        "2026-08-20T00:00:00",
        "2026-07-15T23:59:59.999999",
        "2026-07-16T00:00:00",
        "2026-04-07T12:00:00",
        "2026-02-25T09:00:00",
        "2026-01-15T23:59:59.999999",
        "2026-01-16T00:00:00",
        "2025-12-31T12:00:00",
        "2025-10-15T12:00:00",
        "2025-10-16T00:00:00",
        "2025-07-16T08:00:00",
        "2025-02-27T00:00:00",
        "2025-02-26T23:59:59.999999",
        "2027-01-18T10:00:00",
        "2028-01-18T00:00:00",
    )
)
SHORT = (0 * HOUR, 0 * HOUR, TICK, HOUR, 23 * HOUR, DAY, 2 * DAY)
LONG = (
    *SHORT,
    DAY - TICK,
    DAY + TICK,
    7 * DAY,
    7 * DAY + TICK,
    30 * DAY - TICK,
    30 * DAY,
    30 * DAY + TICK,
    45 * DAY,
    100 * DAY,
)
DUE = (15, 15, 14, 16, 9, 1, 28)
POLICIES: dict[str, tuple[Any, ...]] = {
    "cutoff": ("notice", "finding", "arrival"),
    "prompt_report_hours": (0, 1, 24, 48, 24 * 45),
    "filing_due_day": (1, 5, 11, 15, 28),
    "roll_due_date_over_holidays": (False, True),
    "flag_lookback_quarters": (1, 2, 3, 5, 9),
    "missing_quarter_effect": ("review", "none", "penalty"),
    "principal_absence_effect": ("review", "none", "penalty"),
    "late_report_days": (0, 1, 7, 30),
    "relief_with_standing_flag": ("no_penalty", "review"),
    "overdue_effect": ("penalty", "review"),
    "first_quarter": (Quarter(2025, 3), Quarter(2026, 1), Quarter(2024, 1)),
    "regime_start": (dt.date(2025, 2, 26), dt.date(2026, 7, 16), dt.date(2025, 1, 1)),
}


def make(pick: Pick[Any]) -> Facts:
    """Make facts by taking one of this and one of that."""
    return _Maker(pick).facts()


@dataclass
class _Maker:
    pick: Pick[Any]
    finding: FindingFacts = field(init=False)

    def chance(self, one_in: int) -> bool:
        """Say yes once in so many times; no is the simpler answer."""
        return bool(self.pick((False,) * (one_in - 1) + (True,)))

    def likely(self, one_in: int) -> bool:
        """Say no once in so many times; yes is the simpler answer."""
        return not self.chance(one_in)

    def maybe(self, one_in: int, value: T) -> T | None:
        """Return nothing once in so many times."""
        return None if self.chance(one_in) else value

    def facts(self) -> Facts:
        known = HAZARDS[: self.pick((1, 1, 2, 0))]
        self.finding = self.a_finding(known)
        quarter = Quarter.containing(self.finding.found_at.date())
        quarters = [quarter.shifted(-back) for back in range(7)]
        inspections, reports = self.what_was_filed(quarters)
        return Facts(
            name="at random",
            enterprise=self.enterprise(quarters),
            finding=self.finding,
            inspections=inspections,
            reports=reports,
            hazards=tuple(self.hazard(name) for name in known),
            policy={
                name: self.pick(values)
                for name, values in POLICIES.items()
                if self.chance(3 if name == "cutoff" else 8)
            },
            quarters={
                quarter: QuarterOnRecord(
                    due_on=self.maybe(3, quarter.ends_on + self.pick(DUE) * DAY),
                    first_quarter=self.maybe(2, self.pick(quarters)),
                )
                for quarter in quarters
                if self.chance(20)
            },
        )

    def a_finding(self, known: Sequence[str]) -> FindingFacts:
        found_at = self.pick(FINDINGS)
        arrival_at = self.maybe(3, found_at - self.pick(SHORT))
        told_before = arrival_at or found_at
        return FindingFacts(
            found_at=found_at,
            arrival_at=arrival_at,
            notice_at=told_before - self.pick(SHORT) if self.chance(2) else None,
            visit=self.pick(VISITS) if self.chance(16) else "planned",
            major=self.likely(40),
            regulator=self.pick(REGULATORS) if self.chance(20) else "emergency",
            match=self.match(known),
            measures_effective=self.pick((True, True, True, False, None)),
            existed_at_last_inspection=self.pick((None, True, False, False)),
            falsified=self.chance(40),
            stop_order_defied=self.chance(40),
            accident=self.chance(40),
        )

    def match(self, known: Sequence[str]) -> MatchFacts | None:
        if known and self.likely(4):
            return MatchFacts(self.pick(known), "same")
        verdict = self.pick(("none",) * 4 + ("different",) * 2 + VERDICTS)
        if verdict == "same":
            return None
        return MatchFacts(self.maybe(2, "H9"), verdict)

    def enterprise(self, quarters: Sequence[Quarter]) -> EnterpriseFacts:
        quarter = self.pick(quarters)
        return EnterpriseFacts(
            established_on=(
                quarter.starts_on + self.pick((0, 1, -1)) * DAY
                if self.chance(5)
                else dt.date(2019, 3, 1)
            ),
            responsible_bureau="B1",
            suspensions=tuple(
                self.suspension(self.pick(quarters)) for _ in range(self.few())
            ),
            waivers=tuple(WaiverFacts(self.pick(quarters)) for _ in range(self.few())),
            principals=tuple(self.principals()),
        )

    def few(self) -> int:
        return int(self.pick((0, 0, 0, 0, 1, 1, 2)))

    def suspension(self, quarter: Quarter) -> Suspension:
        from_on = quarter.starts_on + self.pick((0, 0, 1, -1, -100)) * DAY
        to_on = quarter.ends_on + self.pick((0, 0, -1, 1, 100)) * DAY
        return Suspension(
            from_on=from_on,
            to_on=self.maybe(3, to_on),
            declared_at=self.pick((SINCE_EVER, self.near())),
            confirmed=self.pick((True, None)),
        )

    def principals(self) -> list[PrincipalTerm]:
        terms = []
        from_on = dt.date(2019, 3, 1)
        for _ in range(self.pick((1, 1, 2, 3, 0))):
            to_on = self.maybe(2, max(from_on, self.a_day()))
            terms.append(PrincipalTerm(self.pick(PEOPLE), from_on, to_on))
            from_on = (to_on or self.a_day()) + self.pick((1, 1, 0, 2, 40)) * DAY
        return terms

    def a_day(self) -> dt.date:
        """Return a day on which something about principals turns."""
        today = self.finding.found_at.date()
        day: dt.date = self.pick(
            (
                today,
                today - DAY,
                dt.date(today.year - 1, 12, 31),
                dt.date(today.year, 1, 1),
                *(
                    quarter.ends_on + self.pick(DUE) * DAY
                    for quarter in Quarter.containing(today).latest(4)
                ),
                dt.date(2025, 5, 13),
            )
        )
        return day

    def what_was_filed(
        self, quarters: Sequence[Quarter]
    ) -> tuple[tuple[InspectionFacts, ...], tuple[ReportFacts, ...]]:
        inspections: list[InspectionFacts] = []
        reports: list[ReportFacts] = []
        for quarter in quarters:
            inspections += [
                self.inspection(f"{quarter}-{number}", quarter)
                for number in range(self.pick((1, 1, 1, 1, 1, 1, 2, 0)))
            ]
            for _ in range(self.pick((1, 1, 1, 1, 1, 1, 1, 1, 2, 0))):
                listed = [i.id for i in inspections if i.id.startswith(str(quarter))]
                if self.chance(8):
                    listed = [i.id for i in inspections if self.chance(2)]
                reports.append(self.report(quarter, tuple(listed)))
        return tuple(inspections), () if self.chance(20) else tuple(reports)

    def inspection(self, name: str, quarter: Quarter) -> InspectionFacts:
        usual = quarter.starts_on + 42 * DAY
        edges = (
            quarter.starts_on,
            quarter.starts_on - DAY,
            quarter.ends_on,
            quarter.ends_on + DAY,
        )
        held_on = self.pick(edges) if self.chance(5) else usual
        took_part = tuple(person for person in PEOPLE if self.chance(3))
        return InspectionFacts(
            id=name,
            held_on=held_on,
            ended_on=held_on + self.pick((0, 0, 0, 0, 0, 0, 0, 1, 5)) * DAY,
            internal=self.likely(8),
            took_part=self.maybe(6, took_part),
        )

    def report(self, quarter: Quarter, listed: tuple[str, ...]) -> ReportFacts:
        due = dt.datetime.combine(
            quarter.ends_on + self.pick(DUE) * DAY, dt.time.max, tzinfo=ZONE
        )
        usual = dt.datetime.combine(quarter.ends_on + DAY, dt.time(9), tzinfo=ZONE)
        return ReportFacts(
            quarter=quarter.next() if self.chance(20) else quarter,
            inspections=listed,
            received_at=self.pick(
                (usual, usual, usual, usual, due, due + TICK, usual - DAY, self.near())
            ),
            signed_by=self.maybe(3, "Zhang"),
        )

    def near(self) -> dt.datetime:
        """Return an instant at or beside one of those that may be the cut-off."""
        finding = self.finding
        named = (finding.arrival_at, finding.notice_at, finding.found_at)
        instant: dt.datetime = self.pick([i for i in named if i is not None])
        beside: dt.timedelta = self.pick((0, -1, 1, 0, -1)) * self.pick(SHORT)
        return instant + beside

    def earlier(self) -> dt.datetime:
        """Return an instant some way before one that may be the cut-off."""
        before: dt.timedelta = self.pick(LONG)
        return self.near() - before

    def hazard(self, name: str) -> HazardFacts:
        found_at, registered_at, reported_at = sorted(
            (self.earlier(), self.earlier(), self.earlier())
        )
        if self.chance(3):
            found_at, registered_at = found_at - 20 * DAY, registered_at - 20 * DAY
        elif self.chance(4):
            # Fresh: the hours for a prompt report may still be running.
            found_at = max(found_at, reported_at - self.pick((HOUR, DAY, DAY + TICK)))
            registered_at = max(found_at, registered_at)
        if self.chance(3):
            reported_at = max(registered_at, found_at + self.pick(LONG))
        planned_at = self.pick((reported_at, self.earlier(), self.near()))
        due_on = self.near().date() + self.pick((60, 60, 0, 1, -1, -20)) * DAY
        return HazardFacts(
            id=name,
            found_at=found_at,
            registered_at=registered_at,
            graded=self.pick(("major",) * 5 + ("general",)),
            reported_at=self.maybe(6, reported_at),
            reported_to=self.pick(("B1",) * 16 + ("B2", None)),
            report_state=self.pick(("received",) * 12 + REPORT_STATES),
            signed_by=self.maybe(10, "Zhang"),
            plan=self.plan(),
            planned_at=self.maybe(20, planned_at),
            interim_measures=self.likely(10),
            due_on=self.maybe(20, due_on),
            extensions=tuple(self.extensions(due_on)),
            progress=tuple(
                self.pick((planned_at, planned_at - TICK, self.near(), self.earlier()))
                for _ in range(self.pick((1, 1, 2, 0)))
            ),
            accepted_at=self.near() if self.chance(12) else None,
            closed_at=self.near() if self.chance(12) else None,
        )

    def plan(self) -> tuple[str, ...]:
        if self.likely(8):
            return PLAN_ELEMENTS
        return tuple(element for element in PLAN_ELEMENTS if self.likely(3))

    def extensions(self, due_on: dt.date) -> Iterator[ExtensionFacts]:
        """Yield extensions, asked for around the day that each is to move."""
        for _ in range(self.pick((0, 0, 1, 1, 2, 3))):
            ended = dt.datetime.combine(due_on + DAY, dt.time(), tzinfo=ZONE)
            asked_at = self.pick(
                (ended - TICK, ended - DAY, ended, self.near(), self.earlier())
            )
            due_on = self.pick((due_on, self.near().date()))
            due_on += self.pick((30, 0, 1, -1)) * DAY
            refused = self.chance(5)
            approved_at = asked_at + self.pick(LONG) if self.chance(2) else self.near()
            yield ExtensionFacts(
                asked_at=asked_at,
                due_on=due_on,
                approved_at=None if refused else self.maybe(2, approved_at),
                refused=refused,
            )
