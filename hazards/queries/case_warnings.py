"""
What a deciding officer is warned of before a penalty is proposed: that the same act may
have been decided on before (行政处罚法 art. 29), and how often the enterprise was
(安全生产法 art. 113, item 1).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet

from hazards.models import (
    CaseOutcome,
    Decision,
    Determination,
    Finding,
    FindingAssessment,
    FindingMatch,
    MatchSecond,
    Respondent,
)
from hazards.queries.matches import standing_match, standing_matches
from hazards.rules.lives import day_of
from hazards.rules.repeat_penalties import Count, counts


class SameAct(StrEnum):
    """Why two findings may be of one act."""

    HAZARD = "hazard"
    PLACE = "place"
    CHECK = "check"


@dataclass(frozen=True)
class DecidedBefore:
    """Another finding in which a penalty case was opened, maybe for the same act."""

    finding: Finding
    decision: Decision
    why: SameAct


@dataclass(frozen=True)
class CaseWarnings:
    """Everything to be read before a decision."""

    decided_before: Sequence[DecidedBefore]
    counts: Sequence[Count]


def warnings_of(finding: Finding, *, on: dt.date) -> CaseWarnings:
    """What to warn of in the case of a finding; 3 queries."""
    penalties = [
        decision
        for decision in _standing(finding.enterprise_id)
        if decision.outcome == CaseOutcome.PENALTY
        and decision.determination.finding_id != finding.pk
    ]
    return CaseWarnings(
        decided_before=tuple(_same_act(finding, penalties)),
        counts=counts(
            [
                day_of(decision.at)
                for decision in penalties
                if decision.respondent == Respondent.ENTERPRISE
            ],
            on=on,
        ),
    )


def has_been_outdated(determination: Determination) -> bool:
    """Whether officers said something of the finding since; 1 query."""
    finding, at = determination.finding_id, determination.at
    said = (
        FindingAssessment.objects.filter(finding=finding, at__gt=at),
        FindingMatch.objects.filter(finding=finding, at__gt=at),
        MatchSecond.objects.filter(match__finding=finding, at__gt=at),
    )
    first, *others = (rows.order_by().values_list("pk") for rows in said)
    return first.union(*others).exists()


def _standing(enterprise_id: int) -> QuerySet[Decision]:
    """The latest of each finding and respondent."""
    return (
        Decision.objects.filter(determination__finding__enterprise=enterprise_id)
        .select_related("determination__finding")
        .order_by("determination__finding", "respondent", "-id")
        .distinct("determination__finding", "respondent")
    )


def _same_act(
    finding: Finding, penalties: Sequence[Decision]
) -> Iterator[DecidedBefore]:
    mine = standing_match(finding)
    hazard = mine[1] if mine else None
    others = standing_matches({one.determination.finding_id for one in penalties})
    for decision in penalties:
        other = decision.determination.finding
        match = others.get(other.pk)
        theirs = match[1] if match else None
        if hazard is not None and theirs == hazard:
            yield DecidedBefore(other, decision, SameAct.HAZARD)
        elif other.spot_check_id == finding.spot_check_id:
            yield DecidedBefore(other, decision, SameAct.CHECK)
        elif _is_same_place(finding, other):
            yield DecidedBefore(other, decision, SameAct.PLACE)


def _is_same_place(one: Finding, other: Finding) -> bool:
    """The same clause at the same site or place."""
    if one.clause != other.clause or not one.clause:
        return False
    same_site = one.site_id is not None and one.site_id == other.site_id
    return same_site or "".join(one.place.split()) == "".join(other.place.split())
