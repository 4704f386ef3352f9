"""
One finding with its cut-off: what was received at it or later does not exist.

Each part of the record is worked out once, when it is first asked for, and remembers
which policies it read, so that every answer that rests on it names them.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar, cast, overload

from hazards.rules.deadlines import SHANGHAI
from hazards.rules.facts import Facts, HazardFacts
from hazards.rules.outcomes import Link
from hazards.rules.policies import PolicyValue
from hazards.rules.terms import Terms

ANY, MATCHED, REPORTED = "any", "matched", "reported"
REGISTERED, ABSENT = "registered", "absent"
STAGES: Final = (ANY, MATCHED, REPORTED, REGISTERED, ABSENT)
"""
When a question arises: always; where the finding is a hazard of the record, whenever
registered; where that was reported before the cut-off; registered but not reported;
where no such hazard was on the record.
"""

T = TypeVar("T")


def day_of(at: dt.datetime) -> dt.date:
    """The day in Asia/Shanghai of an instant."""
    return at.astimezone(SHANGHAI).date()


class Once(Generic[T]):
    """A part of the record that is worked out once, with the policies it read."""

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        """Take the name and the description of what works it out."""
        self.work_out = work_out
        self.name = work_out.__name__
        self.__doc__ = work_out.__doc__

    @overload
    def __get__(self, case: None, owner: object) -> "Once[T]": ...
    @overload
    def __get__(self, case: "AtCutoff", owner: object) -> T: ...
    def __get__(self, case: "AtCutoff | None", owner: object) -> "T | Once[T]":
        """Return it, and add what it read to what the question reads."""
        if case is None:
            return self
        known = case.known.get(self.name)
        if known is None:
            outer, case.reads = case.reads, {}
            known = case.known[self.name] = (self.work_out(case), case.reads)
            case.reads = outer
        if known[1]:
            case.reads.update(known[1])
        return cast("T", known[0])


class AtCutoff:
    """A finding under its policies: the cut-off, and what it is matched with."""

    __slots__ = (
        "decided",
        "facts",
        "finding",
        "first_year",
        "found_on",
        "known",
        "reads",
        "terms",
    )

    def __init__(
        self, facts: Facts, terms: Terms, *, found_on: dt.date, first_year: int
    ) -> None:
        """
        :param found_on: the day of the finding
        :param first_year: the first year for which taking part is judged
        """
        self.facts = facts
        self.finding = facts.finding
        self.terms = terms
        self.found_on = found_on
        self.first_year = first_year
        self.decided = False
        self.reads: dict[str, PolicyValue] = {}
        self.known: dict[str, tuple[Any, dict[str, PolicyValue]]] = {}

    def begin(self, *, decided: bool) -> None:
        """Begin a question: what is read from now on is read for it."""
        self.reads = {}
        self.decided = decided

    def integer(self, name: str) -> int:
        """Return a policy's whole number."""
        value = self.reads[name] = self.terms.values[name]
        return cast("int", value)

    def choice(self, name: str) -> str:
        """Return a policy's word."""
        value = self.reads[name] = self.terms.values[name]
        return cast("str", value)

    def date(self, name: str) -> dt.date:
        """Return a policy's day."""
        value = self.reads[name] = self.terms.values[name]
        return cast("dt.date", value)

    @Once
    def at(self) -> dt.datetime:
        """The cut-off: what was received at it or later does not exist."""
        finding, cutoff = self.finding, self.choice("cutoff")
        if cutoff == "notice" and finding.notice_at is not None:
            return finding.notice_at
        if cutoff != "finding" and finding.arrival_at is not None:
            return finding.arrival_at
        return finding.found_at

    @Once
    def on(self) -> dt.date:
        """The day of the cut-off."""
        return day_of(self.at)

    @Once
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

    @Once
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
