"""What a principal has to see in ten minutes before signing."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import Acting
from hazards.models import (
    PrincipalParticipation,
    ReportStatus,
    Seal,
    SelfInspectionReport,
)
from hazards.queries.deadlines import due_of
from hazards.queries.report_pages import sealed_content
from hazards.rules.deadlines import Due
from hazards.rules.quarters import Quarter


@dataclass(frozen=True)
class NamedHazard:
    """A hazard as a report names it; days are days in Asia/Shanghai."""

    number: str
    clause: Mapping[str, Any] | None
    place: str
    due_on: dt.date | None
    rectified_on: dt.date | None
    is_new: bool
    is_overdue: bool


@dataclass(frozen=True)
class SinceLastQuarter:
    """What is different from the last report on file of the quarter before."""

    quarter: Quarter
    inspections_then: int
    inspections_now: int
    appeared: list[NamedHazard]
    eliminated: list[NamedHazard]
    # Named then, neither called eliminated nor named now: somebody should know why.
    left_out: list[str]


@dataclass(frozen=True)
class PrincipalPage:
    """Key figures, what changed, and the principal's own year."""

    hazards: list[NamedHazard]
    since: SinceLastQuarter | None
    year: int
    participations: list[PrincipalParticipation]
    answered: Mapping[str, int]
    # Of a plan: days from the reader's to its deadline, and 万元.
    days_given: int | None = None
    funds: str = ""

    @property
    def open_hazards(self) -> list[NamedHazard]:
        """Those not yet eliminated, overdue first."""
        still = [hazard for hazard in self.hazards if hazard.rectified_on is None]
        return sorted(still, key=lambda hazard: (not hazard.is_overdue, hazard.number))

    @property
    def eliminated(self) -> list[NamedHazard]:
        """Those that the team states as eliminated."""
        return [hazard for hazard in self.hazards if hazard.rectified_on is not None]

    @property
    def overdue(self) -> int:
        """Open hazards past the deadline that the team set."""
        return sum(hazard.is_overdue for hazard in self.open_hazards)

    @property
    def took_part(self) -> bool:
        """Whether the reader has confirmed taking part in that year."""
        return any(part.confirmed_at for part in self.participations)


@dataclass(frozen=True)
class NextSteps:
    """What a principal has to think of after signing."""

    waiting: list[SelfInspectionReport]
    quarter: Quarter
    due: Due | None
    year: int
    took_part: bool


def next_steps(report: SelfInspectionReport, *, acting: Acting) -> NextSteps:
    """Other reports on the desk, the next quarter's due day, the principal's year."""
    quarter = (
        report.quarter.next() if report.is_quarterly else Quarter.containing(acting.on)
    )
    return NextSteps(
        waiting=list(
            SelfInspectionReport.objects.filter(
                enterprise=report.enterprise_id,
                status=ReportStatus.AWAITING_SIGNATURE,
            )
            .select_related("hazard")
            .order_by("id")
        ),
        quarter=quarter,
        due=due_of(report.enterprise, quarter, bureau=report.bureau, on=acting.on)
        if report.bureau
        else None,
        year=acting.on.year,
        took_part=PrincipalParticipation.objects.filter(
            inspection__enterprise=report.enterprise_id,
            inspection__started_on__year=acting.on.year,
            confirmed_at__isnull=False,
        ).exists(),
    )


def principal_page(
    report: SelfInspectionReport, content: Mapping[str, Any], *, acting: Acting
) -> PrincipalPage:
    """Gather it for the content that is about to be signed; 2 queries."""
    before = _before(report)
    known = {row["number"] for row in before.get("hazards", ())} if before else set()
    year = report.year or acting.on.year
    hazards = [
        _named(row, known=known, on=acting.on) for row in content.get("hazards", ())
    ]
    answered: dict[str, int] = {}
    for row in content.get("checklist", ()):
        answered[row["answer"]] = answered.get(row["answer"], 0) + 1
    return PrincipalPage(
        hazards=hazards,
        since=_since(report.quarter.previous(), before, content, hazards)
        if before
        else None,
        year=year,
        participations=list(
            PrincipalParticipation.objects.filter(
                inspection__enterprise=report.enterprise_id,
                inspection__started_on__year=year,
                principal__user=acting.user,
            )
            .select_related("inspection")
            .order_by("inspection__started_on")
        ),
        answered=answered,
        days_given=_days_given(hazards, on=acting.on),
        funds=str((content.get("hazards") or [{}])[0].get("funds_planned") or ""),
    )


def _days_given(hazards: list[NamedHazard], *, on: dt.date) -> int | None:
    due_on = hazards[0].due_on if hazards else None
    return None if due_on is None else max((due_on - on).days, 0)


def _before(report: SelfInspectionReport) -> dict[str, Any] | None:
    """What the enterprise's last received version of the quarter before says."""
    if not report.is_quarterly:
        return None
    quarter = report.quarter.previous()
    seal = (
        Seal.objects.filter(
            version__report__enterprise=report.enterprise_id,
            version__report__year=quarter.year,
            version__report__quarter_number=quarter.number,
        )
        .exclude(kind="later_signature")
        .order_by("-version__ordinal")
        .first()
    )
    return sealed_content(seal) if seal else None


def _named(row: Mapping[str, Any], *, known: set[str], on: dt.date) -> NamedHazard:
    due_on, rectified_on = _day(row["due_on"]), _day(row["rectified_on"])
    return NamedHazard(
        number=row["number"],
        clause=row["clause"],
        place=row["place"],
        due_on=due_on,
        rectified_on=rectified_on,
        is_new=row["number"] not in known and not row["first_reported_at"],
        is_overdue=rectified_on is None and due_on is not None and due_on < on,
    )


def _since(
    quarter: Quarter,
    before: Mapping[str, Any],
    content: Mapping[str, Any],
    hazards: list[NamedHazard],
) -> SinceLastQuarter:
    open_then = {
        row["number"]
        for row in before.get("hazards", ())
        if row["rectified_on"] is None
    }
    return SinceLastQuarter(
        quarter=quarter,
        inspections_then=len(before["inspections"]),
        inspections_now=len(content["inspections"]),
        appeared=[hazard for hazard in hazards if hazard.is_new],
        eliminated=[
            hazard
            for hazard in hazards
            if hazard.rectified_on is not None and hazard.number in open_then
        ],
        left_out=sorted(open_then - {hazard.number for hazard in hazards}),
    )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
