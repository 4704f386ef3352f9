"""
Whether what is on record would protect an enterprise if a hazard were found now: for
each of its open hazards, and for one that is on nobody's record. One enterprise at
a time; nothing here ranks enterprises (circular 应急〔2025〕11号, item 14).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import F, QuerySet

from accounts.models import Acting, Bureau, Enterprise, SupervisionAssignment
from hazards.models import (
    ON_THE_BOOKS,
    SAID_TO_BE_DONE,
    HazardState,
    HazardStatement,
    MajorHazard,
)
from hazards.queries.determination_facts import records
from hazards.queries.hazard_boards import latest_of
from hazards.queries.workdays import ChineseCalendar
from hazards.rules.facts import Facts
from hazards.rules.lives import day_of
from hazards.rules.outcomes import NO_PENALTY, PENALTY, SEVERITY
from hazards.rules.protection import Protection, ProtectionStatus, protection

SHOWN_ON_DESK = 30
"""So many open hazards are judged for a desk, those without a deadline first."""
SHOWN = 300
BATCH = 500
"""Enterprises whose facts are held at once."""

_URGENCY = {
    ProtectionStatus.EXPOSED: 0,
    ProtectionStatus.AT_RISK: 1,
    ProtectionStatus.PROTECTED: 2,
}
_LEANS = {NO_PENALTY: 0, PENALTY: 2}


@dataclass(frozen=True)
class ProtectionLine:
    """How a finding would go now; no hazard = of one that is on nobody's record."""

    protection: Protection
    hazard: MajorHazard | None = None
    # What was said of it last; a bureau sees what it received.
    stated: HazardStatement | None = None

    @property
    def is_on_record(self) -> bool:
        """Whether a hazard of the record was judged."""
        return self.hazard is not None and self.hazard.state != HazardState.FOUND

    @property
    def is_said_to_be_done(self) -> bool:
        """Whether it counts as eliminated: it can only be found again."""
        return self.hazard is not None and self.hazard.state in SAID_TO_BE_DONE

    @property
    def urgency(self) -> tuple[object, ...]:
        """What leads a list: the exposed, the graver first, then what ends first."""
        ends_at = self.protection.ends_at
        return (
            self.is_said_to_be_done,
            _URGENCY[self.protection.status],
            _mildness(self.protection),
            ends_at.timestamp() if ends_at else float("inf"),
            self.hazard is None,
            self.hazard.number if self.hazard else "",
        )


@dataclass(frozen=True)
class ProtectionPage:
    """An enterprise as it stands at the instant, the most urgent first."""

    enterprise: Enterprise
    at: dt.datetime
    lines: list[ProtectionLine]
    # More hazards are open than were judged.
    is_cut: bool

    @property
    def worst(self) -> ProtectionLine:
        """What leads."""
        return self.lines[0]

    @cached_property
    def standing(self) -> list[ProtectionLine]:
        """What can be found now, but for the worst."""
        return [line for line in self.lines[1:] if not line.is_said_to_be_done]

    @cached_property
    def done(self) -> list[ProtectionLine]:
        """What is said to be eliminated: found again, it counts as this says."""
        return [line for line in self.lines[1:] if line.is_said_to_be_done]

    def count(self, status: str) -> int:
        """How many of what can be found now stand so."""
        standing = [self.worst, *self.standing]
        return sum(line.protection.status == status for line in standing)

    @property
    def exposed(self) -> int:
        """How many would not be protected."""
        return self.count(ProtectionStatus.EXPOSED)

    @property
    def at_risk(self) -> int:
        """How many are protected until an instant that is known."""
        return self.count(ProtectionStatus.AT_RISK)

    @property
    def protected(self) -> int:
        """How many are protected, with no end known."""
        return self.count(ProtectionStatus.PROTECTED)


def of_enterprise(
    enterprise: Enterprise, *, reader: Acting, at: dt.datetime, limit: int = SHOWN
) -> ProtectionPage:
    """
    Judge the enterprise and each of its open hazards of which the reader may know; a
    constant number of queries.
    """
    facts = facts_now(enterprise, at=at)
    rows = MajorHazard.objects.visible_to(reader).filter(
        enterprise=enterprise, state__in=ON_THE_BOOKS
    )
    # Unreported or without a plan, it has no deadline yet.
    found = list(rows.order_by(F("due_on").asc(nulls_first=True), "id")[: limit + 1])
    hazards, said = found[:limit], said_of(found[:limit], reader=reader)
    lines = [ProtectionLine(judged(facts, None, at=at))]
    lines += [
        ProtectionLine(judged(facts, hazard, at=at), hazard, said.get(hazard.pk))
        for hazard in hazards
    ]
    lines.sort(key=lambda line: line.urgency)
    return ProtectionPage(enterprise, at, lines, is_cut=len(found) > limit)


def of_hazard(hazard: MajorHazard, *, at: dt.datetime) -> ProtectionLine | None:
    """Judge one hazard that is not off the books; what is no more is not judged."""
    if hazard.state not in (HazardState.FOUND, *ON_THE_BOOKS):
        return None
    facts = facts_now(hazard.enterprise, at=at)
    return ProtectionLine(judged(facts, hazard, at=at), hazard)


def facts_now(enterprise: Enterprise, *, at: dt.datetime) -> Facts:
    """What is on record of the enterprise at the instant."""
    ((_, facts),) = records([enterprise.pk], at=at)
    return facts


def judged(facts: Facts, hazard: MajorHazard | None, *, at: dt.datetime) -> Protection:
    """Judge a hazard; one that the facts do not hold was on no record by then."""
    number = hazard.number if hazard is not None else None
    if all(known.id != number for known in facts.hazards):
        number = None
    return protection(facts, hazard=number, at=at, calendar=ChineseCalendar())


def said_of(
    hazards: Collection[MajorHazard], *, reader: Acting
) -> dict[int, HazardStatement]:
    """What was said last of each hazard; a bureau reads what it received; 1 query."""
    rows = HazardStatement.objects.filter(hazard__in=hazards)
    if reader.enterprise is None:
        rows = rows.filter(version__sealed_at__isnull=False)
    return latest_of(rows)


def _mildness(found: Protection) -> tuple[int, int]:
    """How mild it is for whom it is gravest, and which way it leans, if exposed."""
    if found.status != ProtectionStatus.EXPOSED:
        return 0, 0
    outcomes = (found.determination.enterprise, found.determination.principal)
    return min(
        (-SEVERITY[one.outcome], -_LEANS.get(one.leaning, 1)) for one in outcomes
    )


Supposed = tuple[int, Facts, list[str]]
"""An enterprise by its id, its facts, and the numbers of its open hazards."""
Judged = tuple[int, tuple[Protection, ...]]


def of_bureau(
    bureau: Bureau, *, at: dt.datetime, batch: int = BATCH
) -> Iterator[Judged]:
    """
    Yield each enterprise that the bureau receives from, by its id, with its own status
    and that of each open hazard. Memory stays flat: ids come by a cursor of the
    server, facts some at a time; the number of queries a batch is constant.
    """
    for supposed in facts_of_bureau(bureau, at=at, batch=batch):
        yield from judge_each(supposed, at=at)


def judge_each(supposed: Iterable[Supposed], *, at: dt.datetime) -> Iterator[Judged]:
    """Judge what was read of some enterprises; no queries."""
    calendar = ChineseCalendar()
    for owner, facts, numbers in supposed:
        yield (
            owner,
            tuple(
                protection(facts, hazard=number, at=at, calendar=calendar)
                for number in (None, *numbers)
            ),
        )


def facts_of_bureau(
    bureau: Bureau, *, at: dt.datetime, batch: int = BATCH
) -> Iterator[list[Supposed]]:
    """Yield the facts of some enterprises at a time, with their open hazards."""
    received = _received_from(bureau, on=day_of(at)).iterator(chunk_size=batch)
    while owners := list(islice(received, batch)):
        open_ = _open_hazards(owners)
        yield [
            (owner, facts, open_.get(owner, []))
            for owner, facts in records(owners, at=at)
        ]


def _received_from(bureau: Bureau, *, on: dt.date) -> "QuerySet[Any, int]":
    return (
        SupervisionAssignment.objects.holding_on(on)
        .filter(bureau=bureau, site__isnull=True)
        .order_by("enterprise_id")
        .values_list("enterprise_id", flat=True)
    )


def _open_hazards(owners: Collection[int]) -> dict[int, list[str]]:
    """By enterprise, the numbers of what is on the books; 1 query."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = MajorHazard.objects.filter(enterprise__in=owners, state__in=ON_THE_BOOKS)
    for owner, number in rows.order_by("id").values_list("enterprise_id", "number"):
        found[owner].append(number)
    return found
