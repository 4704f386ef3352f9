"""The enterprise's quarters and the principal's year as they stood at the cut-off."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from hazards.rules.cutoff import AtCutoff, Once
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.facts import InspectionFacts, QuarterOnRecord
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
from hazards.rules.outcomes import Note
from hazards.rules.quarters import Quarter
from hazards.rules.questions import Word

EFFECTS: Final = {
    MISSING_QUARTER: "missing_quarter_effect",
    PRINCIPAL_ABSENT: "principal_absence_effect",
}
"""The policy that says what a standing flag leads to."""

_NO_EFFECT: Final = "none"
_NOTHING_FIXED: Final = QuarterOnRecord()
_WAIVED: Final = (Waiver(),)


class JudgedQuarter(NamedTuple):
    """A quarter of the look-back: its state at the cut-off and its last day in time."""

    quarter: Quarter
    state: ObligationState
    due_on: dt.date


class QuarterRecord(AtCutoff):
    """What questions about inspections, quarters and the principal's year read."""

    __slots__ = ()

    @Once
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

    @Once
    def last_inspection(self) -> InspectionFacts | None:
        """The latest visible inspection by the enterprise's own team."""
        own = (i for i in self.facts.inspections if i.internal and i.id in self.visible)
        return max(own, key=lambda inspection: inspection.held_on, default=None)

    @Once
    def quarters(self) -> tuple[JudgedQuarter, ...]:
        """The quarters of the look-back whose due day had ended, the latest first."""
        count = self.integer("flag_lookback_quarters")
        judged: list[JudgedQuarter] = []
        for quarter in self._back_from(Quarter.containing(self.on)):
            if len(judged) >= count:
                break
            facts = self.facts_of(quarter)
            state = quarter_state(facts, self.at)
            if state != ObligationState.NOT_DUE:
                judged.append(JudgedQuarter(quarter, state, facts.due_at.date()))
        return tuple(judged)

    @Once
    def missing(self) -> tuple[JudgedQuarter, ...]:
        """The missing ones among them."""
        return tuple(q for q in self.quarters if q.state == ObligationState.MISSING)

    @Once
    def pending(self) -> tuple[JudgedQuarter, ...]:
        """Those among them that a person must judge."""
        return tuple(q for q in self.quarters if q.state == ObligationState.PENDING)

    @Once
    def notes(self) -> tuple[Note, ...]:
        """Reports of quarters of the look-back that came late, the latest first."""
        return tuple(
            Note(q.quarter, min(self._serving(q.quarter)), q.due_on)
            for q in self.quarters
            if q.state == ObligationState.SATISFIED_LATE
        )

    @Once
    def year(self) -> tuple[int, ObligationState] | None:
        """The last year that is over for the principal, and what became of it."""
        for year in range(self.on.year - 1, self.first_year - 1, -1):
            quarters = tuple(self.facts_of(q) for q in Quarter.of_year(year))
            facts = YearFacts(quarters, quarters[-1].due_at, tuple(self._visits(year)))
            state = year_state(facts, self.at)
            if state != ObligationState.NOT_DUE:
                return year, state
        return None

    @Once
    def flags(self) -> tuple[str, ...]:
        """The flags that stand, whatever their effect."""
        year = self.year
        standing = {
            MISSING_QUARTER: bool(self.missing),
            PRINCIPAL_ABSENT: year is not None and year[1] == ObligationState.MISSING,
        }
        return tuple(flag for flag, stands in standing.items() if stands)

    @Once
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

    @Once
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

    @Once
    def _of_quarter(self) -> dict[Quarter, QuarterFacts]:
        """Facts of quarters as they are asked for, by quarter and by year."""
        return {}

    def facts_of(self, quarter: Quarter) -> QuarterFacts:
        """Return what decides the quarter, with what had been received by then."""
        fixed = self.facts.quarters.get(quarter, _NOTHING_FIXED)
        terms = self.terms.of(quarter)
        self.reads.update(terms.reads)
        known = self._of_quarter.get(quarter)
        if known is not None:
            return known
        enterprise = self.facts.enterprise
        is_waived = any(waiver.quarter == quarter for waiver in enterprise.waivers)
        known = self._of_quarter[quarter] = QuarterFacts(
            quarter=quarter,
            established_on=enterprise.established_on,
            due_at=terms.due_at if fixed.due_on is None else _end_of(fixed.due_on),
            first_quarter=fixed.first_quarter or terms.first_quarter,
            suspensions=enterprise.suspensions,
            waivers=_WAIVED if is_waived else (),
            received=tuple(self._received.get(quarter, ())),
        )
        return known

    def _back_from(self, latest: Quarter) -> Iterator[Quarter]:
        """
        Yield the quarters before one, as long as one can be asked for: before the
        enterprise was there, or before any is ever flagged, all are exempt.
        """
        first = Quarter.containing(self.facts.enterprise.established_on)
        quarter = latest
        while quarter > first and quarter.starts_on > dt.date.min:
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


def _end_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.max, tzinfo=SHANGHAI)
