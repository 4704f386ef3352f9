"""
A quarter's state and the state of the principal's year: the pure functions that scans,
screens and determinations share (circular 应急〔2025〕11号, item 10).

Instants carry a zone; days and quarters are judged in Asia/Shanghai. Only what was
received before the instant asked about exists for it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter


class ObligationState(StrEnum):
    """What became of a duty; in a list of several the first that applies."""

    NOT_DUE = "not_due"
    """Its due day has not ended."""
    EXEMPT = "exempt"
    SATISFIED = "satisfied"
    SATISFIED_LATE = "satisfied_late"
    """Received after the due day: a note of lateness, no flag."""
    PENDING = "pending"
    """The record does not decide it: a person must."""
    MISSING = "missing"


@dataclass(frozen=True)
class Suspension:
    """
    A declared stop of the whole enterprise, its days included; no `to_on` = it still
    runs. `confirmed` is the bureau's answer, None while it has not answered.
    """

    from_on: dt.date
    to_on: dt.date | None
    declared_at: dt.datetime
    confirmed: bool | None = None

    def covers(self, quarter: Quarter) -> bool:
        """Say whether every day of the quarter lies in it."""
        ends_after = self.to_on is None or self.to_on >= quarter.ends_on
        return self.from_on <= quarter.starts_on and ends_after


@dataclass(frozen=True)
class Waiver:
    """The bureau's word that a quarter is not asked for; no `expires_on` = for good."""

    expires_on: dt.date | None = None

    def holds(self, at: dt.datetime) -> bool:
        """Say whether it holds; its last day is included."""
        return self.expires_on is None or _day(at) <= self.expires_on


@dataclass(frozen=True)
class ListedVisit:
    """An inspection as a received report lists it."""

    started_on: dt.date
    ended_on: dt.date
    internal: bool


@dataclass(frozen=True)
class ReceivedReport:
    """A version of the quarter's report that the bureau received, signed or not."""

    received_at: dt.datetime
    visits: tuple[ListedVisit, ...]

    def serves(self, quarter: Quarter, *, internal: bool) -> bool:
        """Say whether it lists such an inspection, held in the quarter by then."""
        received_on = _day(self.received_at)
        return any(
            visit.internal == internal
            and visit.started_on in quarter
            and visit.ended_on in quarter
            and visit.ended_on <= received_on
            for visit in self.visits
        )


@dataclass(frozen=True)
class QuarterFacts:
    """What decides a quarter."""

    quarter: Quarter
    established_on: dt.date
    due_at: dt.datetime
    """The last instant in time."""
    first_quarter: Quarter
    """The policy of the quarter's first day: the first quarter ever flagged."""
    suspensions: tuple[Suspension, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    received: tuple[ReceivedReport, ...] = ()


@dataclass(frozen=True)
class YearVisit:
    """
    An inspection held in the year, internal or external, and since when a received
    report lists it. `principal_took_part`: whoever was principal on one of its days
    did so; None = the record does not say, or names no principal for those days.
    """

    visible_since: dt.datetime
    principal_took_part: bool | None


@dataclass(frozen=True)
class YearFacts:
    """What decides the principal's year."""

    quarters: tuple[QuarterFacts, ...]
    """The four quarters of the year."""
    due_at: dt.datetime
    """That of the fourth quarter."""
    visits: tuple[YearVisit, ...] = field(default=())


def quarter_state(facts: QuarterFacts, at: dt.datetime) -> ObligationState:
    """Say how the quarter stands at the instant."""
    if at <= facts.due_at:
        return ObligationState.NOT_DUE
    return quarter_outlook(facts, at)


def quarter_outlook(facts: QuarterFacts, at: dt.datetime) -> ObligationState:
    """
    Say how the quarter would stand at the instant had its due day ended: what it will
    be if nothing more comes.
    """
    if is_exempt(facts, at):
        return ObligationState.EXEMPT
    received = [report for report in facts.received if report.received_at < at]
    serving = [r for r in received if r.serves(facts.quarter, internal=True)]
    if serving:
        return _by_time((report.received_at for report in serving), facts.due_at)
    external_only = any(r.serves(facts.quarter, internal=False) for r in received)
    undecided = any(
        suspension.confirmed is None
        and suspension.declared_at < at
        and suspension.covers(facts.quarter)
        for suspension in facts.suspensions
    )
    pending = external_only or undecided
    return ObligationState.PENDING if pending else ObligationState.MISSING


def is_exempt(facts: QuarterFacts, at: dt.datetime) -> bool:
    """
    Say whether the quarter is not asked for. The bureau's confirmations and waivers
    count whenever they were made.
    """
    return (
        facts.established_on > facts.quarter.starts_on
        or facts.quarter < facts.first_quarter
        or any(s.confirmed and s.covers(facts.quarter) for s in facts.suspensions)
        or any(waiver.holds(at) for waiver in facts.waivers)
    )


def year_state(facts: YearFacts, at: dt.datetime) -> ObligationState:
    """
    Say how the principal's year stands at the instant: taking part in person at least
    once a calendar year. Signing is not taking part.
    """
    return ObligationState.NOT_DUE if at <= facts.due_at else year_outlook(facts, at)


def year_outlook(facts: YearFacts, at: dt.datetime) -> ObligationState:
    """Say how the year would stand at the instant had its due day ended."""
    if all(is_exempt(quarter, at) for quarter in facts.quarters):
        return ObligationState.EXEMPT
    visible = [visit for visit in facts.visits if visit.visible_since < at]
    took_part = [v.visible_since for v in visible if v.principal_took_part]
    if took_part:
        return _by_time(took_part, facts.due_at)
    unknown = any(visit.principal_took_part is None for visit in visible)
    return ObligationState.PENDING if unknown else ObligationState.MISSING


def _by_time(received: Iterable[dt.datetime], due_at: dt.datetime) -> ObligationState:
    in_time = min(received) <= due_at
    return ObligationState.SATISFIED if in_time else ObligationState.SATISFIED_LATE


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(SHANGHAI).date()
