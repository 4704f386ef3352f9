"""
The hazards of an enterprise's own record beside a finding: all that are registered and
all that were graded general, the likest first.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from accounts.models import Site
from hazards.models import (
    Finding,
    GeneralHazard,
    HazardState,
    HazardStatement,
    MajorHazard,
    OnRecord,
    Seal,
    SealKind,
)
from hazards.queries.open_hazards import NEWEST_SAID
from hazards.rules.catalogue import CLAUSES, Clause
from hazards.rules.likeness import Described, Likeness, likeness, ranked

SHOWN_IN_FULL = 10
"""So many of the likest stand beside the finding; the others in a list below."""


@dataclass(frozen=True)
class Candidate:
    """
    A hazard on record as it was described when the officers arrived; one registered
    later as it was registered. `report_number` is the report that first named it.
    """

    record: OnRecord
    rank: int
    said: Described
    site_name: str
    likeness: Likeness
    report_number: str
    # The report in which it was last described before the arrival.
    described_in: str

    @property
    def clause(self) -> Clause | None:
        """The clause under which the enterprise judged it major."""
        return CLAUSES.get(self.said.clause)

    @property
    def hazard(self) -> MajorHazard | None:
        """Itself, if it was ever major."""
        return self.record if isinstance(self.record, MajorHazard) else None

    @property
    def general(self) -> GeneralHazard | None:
        """Itself, if it was graded general from the beginning."""
        return self.record if isinstance(self.record, GeneralHazard) else None

    @property
    def on_record_at(self) -> dt.datetime:
        """Since when it is on record."""
        return _on_record_at(self.record)

    @property
    def is_graded_down(self) -> bool:
        """Whether it was major, and graded down to general."""
        return self.hazard is not None and self.hazard.state == HazardState.DOWNGRADED


@dataclass(frozen=True)
class Candidates:
    """Everything that is laid before the officer."""

    finding: Finding
    arrived_at: dt.datetime
    all: list[Candidate]

    @property
    def in_full(self) -> list[Candidate]:
        """Those shown beside the finding."""
        return self.all[:SHOWN_IN_FULL]

    @property
    def rest(self) -> list[Candidate]:
        """The others, in a list."""
        return self.all[SHOWN_IN_FULL:]

    @property
    def seen(self) -> str:
        """Another as soon as other hazards, or in another order, are laid out."""
        keys = ",".join(str(each.record.public_id) for each in self.all)
        return hashlib.sha256(keys.encode()).hexdigest()[:16]

    def considered(self) -> list[dict[str, Any]]:
        """What was laid before the officer, as plain values to be kept."""
        return [_kept(each, shown=each.rank <= SHOWN_IN_FULL) for each in self.all]


def candidates(finding: Finding) -> Candidates:
    """The enterprise's hazards, the likest first; 4 queries for any number."""
    arrived_at = finding.spot_check.started_at or finding.found_at
    sites = {
        site.pk: site.name
        for site in Site.objects.filter(enterprise=finding.enterprise_id)
    }
    found = Described(
        clause=finding.clause,
        site=finding.site_id,
        place=finding.place,
        description=finding.description,
    )
    stated = {row.hazard_id: row for row in _stated_before(finding, arrived_at)}
    on_record: list[tuple[OnRecord, Described]] = [
        *((one, _said(one, stated.get(one.pk), sites)) for one in _hazards(finding)),
        *(
            (one, Described("", one.site_id, one.place, one.description))
            for one in _generals(finding, arrived_at)
        ),
    ]
    compared = [
        (each, likeness(found, each[1], in_time=_on_record_at(each[0]) < arrived_at))
        for each in on_record
    ]
    rows = [
        Candidate(
            record=record,
            rank=rank,
            said=said,
            site_name=sites.get(said.site or 0, ""),
            likeness=like,
            report_number=getattr(record, "first_report", None) or "",
            described_in=_described_in(record, stated),
        )
        for rank, ((record, said), like) in enumerate(ranked(compared), start=1)
    ]
    return Candidates(finding, arrived_at, rows)


def _hazards(finding: Finding) -> QuerySet[Any]:
    """What is on record, newest first, each with the report that first named it."""
    first = (
        Seal.objects.filter(version__stated__hazard=OuterRef("pk"))
        .exclude(kind=SealKind.LATER_SIGNATURE)
        .order_by("received_at", "id")
        .values("version__report__number")[:1]
    )
    return (
        MajorHazard.objects.filter(
            enterprise=finding.enterprise_id, registered_at__isnull=False
        )
        .select_related("first_reported_to")
        .annotate(first_report=Subquery(first))
        .order_by("-registered_at", "-id")
    )


def _generals(finding: Finding, arrived_at: dt.datetime) -> QuerySet[GeneralHazard]:
    """
    Those graded general from the beginning, newest first: what was graded down or up
    before the arrival is there as the major hazard that it was or became.
    """
    return (
        GeneralHazard.objects.filter(
            enterprise=finding.enterprise_id, came_from__isnull=True
        )
        .exclude(struck_at__lt=arrived_at)
        .exclude(raised_at__lt=arrived_at)
        .order_by("-recorded_at", "-id")
    )


def _stated_before(finding: Finding, arrived_at: dt.datetime) -> QuerySet[Any]:
    """What received versions said last of each hazard before the officers came."""
    return (
        HazardStatement.objects.filter(
            hazard__enterprise=finding.enterprise_id,
            version__sealed_at__lt=arrived_at,
        )
        .annotate(report_number=F("version__report__number"))
        .only("hazard", "clause", "site", "place", "description")
        .order_by("hazard", *NEWEST_SAID)
        .distinct("hazard")
    )


def _on_record_at(record: OnRecord) -> dt.datetime:
    """Of what came on paper, its receipt: an officer may enter it only later."""
    if isinstance(record, GeneralHazard):
        return record.recorded_at
    known = (record.registered_at, record.first_reported_at)
    return min(moment for moment in known if moment is not None)


def _said(
    hazard: MajorHazard, stated: HazardStatement | None, sites: Mapping[int, str]
) -> Described:
    if stated is not None:
        return Described(
            stated.clause, stated.site_id, stated.place, stated.description
        )
    was = hazard.registered_as or {}
    named = (was.get("site") or {}).get("name")
    return Described(
        clause=(was.get("clause") or {}).get("code", ""),
        site=next((key for key, name in sites.items() if name == named), None),
        place=was.get("place", ""),
        description=was.get("description", ""),
    )


def _described_in(record: OnRecord, stated: Mapping[int, Any]) -> str:
    if isinstance(record, GeneralHazard) or record.pk not in stated:
        return ""
    return str(stated[record.pk].report_number)


def _kept(each: Candidate, *, shown: bool) -> dict[str, Any]:
    like = each.likeness
    return {
        "rank": each.rank,
        "hazard": each.record.number,
        "shown_in_full": shown,
        "clause": each.said.clause,
        "site": each.site_name,
        "place": each.said.place,
        "description": each.said.description,
        **_stood(each.record),
        "report": each.report_number,
        "fits": {
            "clause": like.clause.value,
            "site": like.site.value,
            "place": like.place.value,
            "words": like.words.value,
            "in_time": like.in_time,
        },
        "score": round(like.score, 1),
    }


def _stood(record: OnRecord) -> dict[str, Any]:
    if isinstance(record, GeneralHazard):
        return {
            "graded": "general",
            "reason": record.reason,
            "registered_at": _instant(record.recorded_at),
        }
    return {
        "state": record.state,
        "registered_at": _instant(record.registered_at),
        "first_reported_at": _instant(record.first_reported_at),
    }


def _instant(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(dt.UTC).isoformat() if moment else None
