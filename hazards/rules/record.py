"""
The record as it stood at the cut-off: what the questions of the rulebook read.

Only what the server had received strictly before the cut-off exists. Each thing is
worked out once, when it is first asked for, and remembers which policies it read, so
that every answer that rests on it names them.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, Generic, NamedTuple, TypeVar, cast, overload

from hazards.rules.deadlines import SHANGHAI, WorkdayCalendar, due
from hazards.rules.facts import (
    PLAN_ELEMENTS,
    ExtensionFacts,
    Facts,
    HazardFacts,
    InspectionFacts,
    QuarterOnRecord,
)
from hazards.rules.flags import MISSING_QUARTER, PRINCIPAL_ABSENT
from hazards.rules.obligations import (
    ListedVisit,
    ObligationState,
    QuarterFacts,
    ReceivedReport,
    Waiver,
    YearFacts,
    YearVisit,
    quarter_state,
    year_state,
)
from hazards.rules.outcomes import Link, Note
from hazards.rules.policies import (
    DEFINITIONS,
    Policies,
    PolicyEntry,
    PolicyValue,
)
from hazards.rules.quarters import Quarter
from hazards.rules.questions import Word

ANY, MATCHED, REPORTED = "any", "matched", "reported"
REGISTERED, ABSENT = "registered", "absent"
STAGES: Final = (ANY, MATCHED, REPORTED, REGISTERED, ABSENT)
"""
When a question arises: always; where the finding is a hazard of the record, whenever
registered; where that was reported before the cut-off; registered but not reported;
where no such hazard was on the record.
"""

PROGRESS_WITHIN: Final = dt.timedelta(hours=30 * 24)
"""After the plan, for so long no progress is asked for."""

EFFECTS: Final = {
    MISSING_QUARTER: "missing_quarter_effect",
    PRINCIPAL_ABSENT: "principal_absence_effect",
}
"""The policy that says what a standing flag leads to."""

_NO_EFFECT: Final = "none"
_NOTHING_FIXED: Final = QuarterOnRecord()
_WAIVED: Final = (Waiver(),)
_FIRST_DAY, _LAST_DAY = dt.date.min, dt.date.max
_LONGEST_HOURS: Final = 24 * (_LAST_DAY - _FIRST_DAY).days

T = TypeVar("T")


def day_of(at: dt.datetime) -> dt.date:
    """The day in Asia/Shanghai of an instant."""
    return at.astimezone(SHANGHAI).date()


class JudgedQuarter(NamedTuple):
    """A quarter of the look-back: its state at the cut-off and its last day in time."""

    quarter: Quarter
    state: ObligationState
    due_on: dt.date


class Deadline(NamedTuple):
    """A hazard's deadline at the cut-off, and the requests undecided by then."""

    on: dt.date
    was_on: dt.date
    """That of the plan, before any extension."""
    undecided: tuple[ExtensionFacts, ...]


class _Once(Generic[T]):
    """A part of the record that is worked out once, with the policies it read."""

    def __init__(self, work_out: Callable[["Case"], T]) -> None:
        self.work_out = work_out
        self.name = work_out.__name__
        self.__doc__ = work_out.__doc__

    @overload
    def __get__(self, case: None, owner: type["Case"]) -> "_Once[T]": ...
    @overload
    def __get__(self, case: "Case", owner: type["Case"]) -> T: ...
    def __get__(self, case: "Case | None", owner: type["Case"]) -> "T | _Once[T]":
        if case is None:
            return self
        known = case.known.get(self.name)
        if known is None:
            outer, case.reads = case.reads, {}
            known = case.known[self.name] = (self.work_out(case), case.reads)
            case.reads = outer
        case.reads.update(known[1])
        return cast("T", known[0])


class Case:
    """One finding with the record as it stood, under the policies of the facts."""

    __slots__ = (
        "_calendar",
        "_first_year",
        "_policy",
        "decided",
        "facts",
        "finding",
        "found_on",
        "known",
        "reads",
    )

    def __init__(
        self,
        facts: Facts,
        calendar: WorkdayCalendar,
        *,
        found_on: dt.date,
        first_year: int,
    ) -> None:
        """
        :param found_on: the day of the finding; defaults of policies are those of it
        :param first_year: the first year for which taking part is judged
        """
        self.facts = facts
        self.finding = facts.finding
        self.found_on = found_on
        self.decided = False
        self.reads: dict[str, PolicyValue] = {}
        self.known: dict[str, tuple[Any, dict[str, PolicyValue]]] = {}
        self._calendar = calendar
        self._first_year = first_year
        self._policy = facts.policy

    def begin(self, *, decided: bool) -> None:
        """Begin a question: what is read from now on is read for it."""
        self.reads = {}
        self.decided = decided

    # Policies

    def integer(self, name: str) -> int:
        """Return a policy's whole number."""
        return cast("int", self._value(name, self.found_on))

    def choice(self, name: str) -> str:
        """Return a policy's word."""
        return cast("str", self._value(name, self.found_on))

    def date(self, name: str) -> dt.date:
        """Return a policy's day."""
        return cast("dt.date", self._value(name, self.found_on))

    def _value(self, name: str, on: dt.date) -> PolicyValue:
        value = self._policy.get(name)
        if value is None:
            value = _default(name, on)
        self.reads[name] = value
        return value

    # The cut-off

    @_Once
    def at(self) -> dt.datetime:
        """The cut-off: what was received at it or later does not exist."""
        finding, cutoff = self.finding, self.choice("cutoff")
        if cutoff == "notice" and finding.notice_at is not None:
            return finding.notice_at
        if cutoff != "finding" and finding.arrival_at is not None:
            return finding.arrival_at
        return finding.found_at

    @_Once
    def on(self) -> dt.date:
        """The day of the cut-off."""
        return day_of(self.at)

    @_Once
    def stages(self) -> frozenset[str]:
        """When questions arise for this finding: some of `STAGES`."""
        match, hazard = self.finding.match, self.hazard
        if hazard is None:
            absent = match is not None and match.verdict in {"different", "none"}
            return frozenset({ANY, ABSENT} if absent else {ANY})
        if hazard.reported_at is not None and hazard.reported_at < self.at:
            return frozenset({ANY, MATCHED, REPORTED})
        if hazard.registered_at < self.at:
            return frozenset({ANY, MATCHED, REGISTERED})
        return frozenset({ANY, MATCHED, ABSENT})

    # The hazard

    @_Once
    def hazard(self) -> HazardFacts | None:
        """The hazard of the record that the finding is, by a person's verdict."""
        match = self.finding.match
        if match is None or match.verdict != "same":
            return None
        return next(h for h in self.facts.hazards if h.id == match.hazard)

    @property
    def same(self) -> HazardFacts:
        """
        The hazard, for questions that arise only where there is one.

        :raises LookupError: if there is none
        """
        hazard = self.hazard
        if hazard is None:
            msg = "The question is about a hazard of the record, and none is matched."
            raise LookupError(msg)
        return hazard

    @property
    def same_link(self) -> tuple[Link, ...]:
        """The link to that hazard."""
        return (Link("hazard", self.same.id),)

    @_Once
    def is_prompt_window_open(self) -> bool:
        """Whether the hours for a prompt report still run since it was found."""
        return self.at - self.same.found_at < self.prompt_hours

    @_Once
    def prompt_hours(self) -> dt.timedelta:
        """How long after it was found a report is still prompt."""
        return _hours(self.integer("prompt_report_hours"))

    @_Once
    def is_late(self) -> bool:
        """Whether it was reported so late that a person must judge it."""
        reported_at = self.same.reported_at
        latest = _hours(24 * self.integer("late_report_days"))
        return reported_at is not None and reported_at - self.same.found_at > latest

    @_Once
    def is_closed(self) -> bool:
        """Whether the enterprise had accepted the rectification, or it was closed."""
        ends = (self.same.accepted_at, self.same.closed_at)
        return any(end is not None and end < self.at for end in ends)

    @_Once
    def report_defects(self) -> tuple[Word, ...]:
        """What is wrong with the hazard's report, as it stood."""
        hazard, found = self.same, []
        if hazard.signed_by is None:
            found.append(Word("defect.unsigned"))
        if hazard.report_state == "returned":
            found.append(Word("defect.returned"))
        if hazard.reported_to is None:
            found.append(Word("defect.addressee-unknown"))
        elif hazard.reported_to != self.facts.enterprise.responsible_bureau:
            found.append(Word("defect.other-bureau"))
        return tuple(found)

    @_Once
    def planned_at(self) -> dt.datetime | None:
        """The receipt of its first complete plan, if that was before the cut-off."""
        planned_at = self.same.planned_at
        return planned_at if planned_at is not None and planned_at < self.at else None

    @_Once
    def deadline(self) -> Deadline | None:
        """Its deadline, moved by extensions in the order in which they were asked."""
        due_on = self.same.due_on
        if due_on is None or self.planned_at is None:
            return None
        on, undecided = due_on, []
        for extension in sorted(self.same.extensions, key=lambda e: e.asked_at):
            asked_at = extension.asked_at
            if extension.refused or asked_at >= self.at or day_of(asked_at) > on:
                continue
            approved_at = extension.approved_at
            if approved_at is not None and approved_at < self.at:
                on = max(on, extension.due_on)
            else:
                undecided.append(extension)
        return Deadline(on, due_on, tuple(undecided))

    @_Once
    def is_past_deadline(self) -> bool:
        """Whether the deadline's day had ended at the cut-off."""
        return self.deadline is not None and self.on > self.deadline.on

    @_Once
    def pending_extension(self) -> ExtensionFacts | None:
        """Past the deadline, an undecided request for a day that had not ended."""
        if self.deadline is None or not self.is_past_deadline:
            return None
        asked = [e for e in self.deadline.undecided if e.due_on >= self.on]
        return max(asked, key=lambda e: e.due_on, default=None)

    @_Once
    def plan_gaps(self) -> tuple[Word, ...]:
        """What was missing of plan, interim measures and progress."""
        hazard, planned_at, found = self.same, self.planned_at, []
        if planned_at is None or not set(PLAN_ELEMENTS) <= set(hazard.plan):
            found.append(Word("gap.plan"))
        if hazard.due_on is None:
            found.append(Word("gap.deadline"))
        if not hazard.interim_measures:
            found.append(Word("gap.interim-measures"))
        if planned_at is not None and self.at - planned_at > PROGRESS_WITHIN:
            entries = (planned_at <= entry < self.at for entry in hazard.progress)
            if not any(entries):
                found.append(Word("gap.progress"))
        return tuple(found)

    @_Once
    def is_good_but_for_time(self) -> bool:
        """Whether it was properly reported and is being eliminated."""
        return not (
            self.is_closed
            or self.came_in_notice_window
            or self.report_defects
            or self.is_past_deadline
            or self.plan_gaps
            or self.finding.measures_effective is not True
        )

    @_Once
    def is_good(self) -> bool:
        """Whether it was, and not too late."""
        return self.is_good_but_for_time and not self.is_late

    @_Once
    def came_in_notice_window(self) -> bool:
        """
        Whether its report came after the check was announced and before it arrived, or
        on site before the finding where that is the cut-off.
        """
        reported_at, finding = self.same.reported_at, self.finding
        if reported_at is None:
            return False
        arrival_at = finding.arrival_at
        until = arrival_at or finding.found_at
        if finding.notice_at is not None and finding.notice_at <= reported_at < until:
            return True
        return (
            self.choice("cutoff") == "finding"
            and arrival_at is not None
            and arrival_at <= reported_at < finding.found_at
        )

    # Inspections and quarters

    @_Once
    def visible(self) -> Mapping[str, dt.datetime]:
        """Ids of inspections that a report received by then lists, and since when."""
        since: dict[str, dt.datetime] = {}
        for report in self.facts.reports:
            received_at = report.received_at
            if received_at < self.at:
                for inspection in report.inspections:
                    known = since.get(inspection)
                    if known is None or received_at < known:
                        since[inspection] = received_at
        return since

    @_Once
    def last_inspection(self) -> InspectionFacts | None:
        """The latest visible inspection by the enterprise's own team."""
        own = (i for i in self.facts.inspections if i.internal and i.id in self.visible)
        return max(own, key=lambda inspection: inspection.held_on, default=None)

    @_Once
    def quarters(self) -> tuple[JudgedQuarter, ...]:
        """The quarters of the look-back whose due day had ended, the latest first."""
        count = self.integer("flag_lookback_quarters")
        judged: list[JudgedQuarter] = []
        for quarter in self._back_from(Quarter.containing(self.on)):
            if len(judged) >= count:
                break
            facts = self._quarter(quarter)
            state = quarter_state(facts, self.at)
            if state != ObligationState.NOT_DUE:
                judged.append(JudgedQuarter(quarter, state, facts.due_at.date()))
        return tuple(judged)

    @_Once
    def missing(self) -> tuple[JudgedQuarter, ...]:
        """The missing ones among them."""
        return tuple(q for q in self.quarters if q.state == ObligationState.MISSING)

    @_Once
    def pending(self) -> tuple[JudgedQuarter, ...]:
        """Those among them that a person must judge."""
        return tuple(q for q in self.quarters if q.state == ObligationState.PENDING)

    @_Once
    def notes(self) -> tuple[Note, ...]:
        """Reports of quarters of the look-back that came late, the latest first."""
        return tuple(
            Note(q.quarter, min(self._serving(q.quarter)), q.due_on)
            for q in self.quarters
            if q.state == ObligationState.SATISFIED_LATE
        )

    @_Once
    def year(self) -> tuple[int, ObligationState] | None:
        """The last year that is over for the principal, and what became of it."""
        for year in range(self.on.year - 1, self._first_year - 1, -1):
            quarters = tuple(self._quarter(q) for q in Quarter.of_year(year))
            facts = YearFacts(quarters, quarters[-1].due_at, tuple(self._visits(year)))
            state = year_state(facts, self.at)
            if state != ObligationState.NOT_DUE:
                return year, state
        return None

    @_Once
    def flags(self) -> tuple[str, ...]:
        """The flags that stand, whatever their effect."""
        year = self.year
        standing = {
            MISSING_QUARTER: bool(self.missing),
            PRINCIPAL_ABSENT: year is not None and year[1] == ObligationState.MISSING,
        }
        return tuple(flag for flag, stands in standing.items() if stands)

    @_Once
    def effective_flags(self) -> tuple[Word, ...]:
        """The standing flags that have an effect."""
        return tuple(
            Word(f"flag.{flag}")
            for flag in self.flags
            if self.choice(EFFECTS[flag]) != _NO_EFFECT
        )

    def had_answerable_principal(self, day: dt.date) -> bool:
        """
        Whether one of the principals on the day of the finding took office by the day:
        a person is asked only for what fell into the own term.
        """
        return any(
            term.from_on <= day
            for term in self.facts.enterprise.principals
            if term.holds_on(self.found_on)
        )

    @_Once
    def _received(self) -> Mapping[Quarter, list[ReceivedReport]]:
        visits = {
            i.id: ListedVisit(i.held_on, i.ended_on, i.internal)
            for i in self.facts.inspections
        }
        received: dict[Quarter, list[ReceivedReport]] = {}
        for report in self.facts.reports:
            if report.received_at < self.at:
                listed = tuple(visits[id_] for id_ in report.inspections)
                received.setdefault(report.quarter, []).append(
                    ReceivedReport(report.received_at, listed)
                )
        return received

    def _serving(self, quarter: Quarter) -> Iterator[dt.datetime]:
        for report in self._received.get(quarter, ()):
            if report.serves(quarter, internal=True):
                yield report.received_at

    def _quarter(self, quarter: Quarter) -> QuarterFacts:
        enterprise, first_day = self.facts.enterprise, quarter.starts_on
        fixed = self.facts.quarters.get(quarter, _NOTHING_FIXED)
        first = fixed.first_quarter or self._value("first_quarter", first_day)
        return QuarterFacts(
            quarter=quarter,
            established_on=enterprise.established_on,
            due_at=self._due_at(quarter, fixed),
            first_quarter=cast("Quarter", first),
            suspensions=enterprise.suspensions,
            waivers=_WAIVED
            if any(waiver.quarter == quarter for waiver in enterprise.waivers)
            else (),
            received=tuple(self._received.get(quarter, ())),
        )

    def _due_at(self, quarter: Quarter, fixed: QuarterOnRecord) -> dt.datetime:
        if fixed.due_on is not None:
            return dt.datetime.combine(fixed.due_on, dt.time.max, tzinfo=SHANGHAI)
        first_day = quarter.starts_on
        day = cast("int", self._value("filing_due_day", first_day))
        rolls = cast("bool", self._value("roll_due_date_over_holidays", first_day))
        try:
            return _known_due_at(quarter, day, self._calendar, rolls=rolls)  # type: ignore[arg-type]
        except TypeError:
            # A calendar that cannot be told from another is asked each time.
            return _due_at(quarter, day, self._calendar, rolls=rolls)

    def _back_from(self, latest: Quarter) -> Iterator[Quarter]:
        """
        Yield the quarters before one, as long as one can be asked for: before the
        enterprise was there, or before any is ever flagged, all are exempt.
        """
        first = Quarter.containing(self.facts.enterprise.established_on)
        quarter = latest
        while quarter > first and quarter.starts_on > _FIRST_DAY:
            quarter = quarter.previous()
            yield quarter

    def _visits(self, year: int) -> Iterator[YearVisit]:
        visible = self.visible
        for inspection in self.facts.inspections:
            if inspection.held_on.year == year and inspection.id in visible:
                yield YearVisit(visible[inspection.id], self._took_part(inspection))

    def _took_part(self, inspection: InspectionFacts) -> bool | None:
        principals = {
            term.person
            for term in self.facts.enterprise.principals
            if term.from_on <= inspection.ended_on
            and (term.to_on is None or inspection.held_on <= term.to_on)
        }
        if inspection.took_part is None or not principals:
            return None
        return not principals.isdisjoint(inspection.took_part)


def _hours(count: int) -> dt.timedelta:
    """So many hours, or as many as any two instants lie apart."""
    return dt.timedelta(hours=max(-_LONGEST_HOURS, min(count, _LONGEST_HOURS)))


def _due_at(
    quarter: Quarter, day: int, calendar: WorkdayCalendar, *, rolls: bool
) -> dt.datetime:
    chosen = {"filing_due_day": day, "roll_due_date_over_holidays": rolls}
    entries = (PolicyEntry(name, chosen[name], _FIRST_DAY) for name in chosen)
    return due(quarter, Policies((tuple(entries),)), calendar).at


_known_due_at = lru_cache(maxsize=4096)(_due_at)


def _default(name: str, on: dt.date) -> PolicyValue:
    return DEFINITIONS[name].default(on).value
