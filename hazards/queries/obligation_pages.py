"""The story of one duty, for both sides: why it is due then and what became of it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import Acting
from hazards.models import (
    ComplianceFlag,
    DueChange,
    Obligation,
    Reminder,
    Seal,
    SealKind,
    SelfInspectionReport,
    Suspension,
    Waiver,
)
from hazards.models.reports import ReportQuerySet
from hazards.queries.deadlines import due_of_row
from hazards.queries.grounds import Ground, grounds
from hazards.rules import obligations as rules
from hazards.rules.deadlines import Due
from hazards.rules.obligations import ObligationState
from hazards.rules.quarters import Quarter


@dataclass(frozen=True)
class Receipt:
    """A version that a bureau received for the duty."""

    seal: Seal
    is_in_time: bool
    # Whether the reader may open the report.
    is_visible: bool


@dataclass(frozen=True)
class WaiverLine:
    """A waiver, and whether it holds now."""

    waiver: Waiver
    holds: bool


@dataclass(frozen=True)
class StopLine:
    """A stop that touches the period, and whether it covers every day of it."""

    stop: Suspension
    covers: bool


@dataclass(frozen=True)
class ObligationPage:
    """What is on record about one duty."""

    row: Obligation
    due: Due
    due_changes: list[DueChange]
    report: SelfInspectionReport | None
    receipts: list[Receipt]
    reminders: list[Reminder]
    waivers: list[WaiverLine]
    stops: list[StopLine]
    flags: list[ComplianceFlag]
    # Why a quarter is not asked for, or must be judged.
    ground: Ground | None
    # What it will be if nothing more comes; None once it is due.
    outlook: ObligationState | None


def obligation_page(
    row: Obligation, *, seen_by: Acting, at: dt.datetime
) -> ObligationPage:
    """Read the story of a duty, its enterprise loaded; a constant number of queries."""
    quarters = [row.quarter] if row.quarter else list(Quarter.of_year(row.year))
    is_due = row.state != ObligationState.NOT_DUE
    reports = SelfInspectionReport.objects.visible_to(seen_by)
    return ObligationPage(
        row=row,
        due=due_of_row(row),
        due_changes=list(row.due_changes.order_by("id")),
        report=_report(row, reports),
        receipts=_receipts(row, reports),
        reminders=list(
            row.reminders.annotate(people=Count("lines")).order_by("step_on", "id")
        ),
        waivers=_waivers(row, at=at),
        stops=_stops(row, quarters),
        flags=list(row.flags.order_by("raised_at", "id")),
        ground=grounds(row.enterprise, [row], at=at).get(quarters[0]),
        outlook=None if is_due else ObligationState(row.outlook),
    )


def _report(row: Obligation, visible: ReportQuerySet) -> SelfInspectionReport | None:
    if row.quarter is None:
        return None
    return visible.for_quarter(row.quarter).filter(enterprise=row.enterprise_id).first()


def _receipts(row: Obligation, visible: ReportQuerySet) -> list[Receipt]:
    seals = Seal.objects.filter(
        version__report__enterprise=row.enterprise_id, version__report__year=row.year
    ).exclude(kind=SealKind.LATER_SIGNATURE)
    if row.quarter is not None:
        seals = seals.filter(version__report__quarter_number=row.quarter.number)
    is_visible = Exists(visible.filter(pk=OuterRef("version__report")))
    found = (
        seals.select_related("version__report", "bureau")
        .annotate(is_visible=is_visible)
        .order_by("received_at", "id")
    )
    return [
        Receipt(seal, seal.received_at <= row.due_at, bool(seal.is_visible))
        for seal in found
    ]


def _waivers(row: Obligation, *, at: dt.datetime) -> list[WaiverLine]:
    """Those of the quarter, or of the quarters of the year."""
    owed = Q(obligation=row)
    if row.quarter is None:
        owed = Q(obligation__enterprise=row.enterprise_id, obligation__year=row.year)
    found = (
        Waiver.objects.filter(owed)
        .select_related("obligation", "granted_by__user", "granted_by__bureau")
        .order_by("id")
    )
    return [
        WaiverLine(waiver, rules.Waiver(waiver.expires_on).holds(at))
        for waiver in found
    ]


def _stops(row: Obligation, quarters: list[Quarter]) -> list[StopLine]:
    found = (
        Suspension.objects.filter(
            Q(to_on__isnull=True) | Q(to_on__gte=quarters[0].starts_on),
            enterprise=row.enterprise_id,
            from_on__lte=quarters[-1].ends_on,
        )
        .select_related("answered_by__user")
        .order_by("from_on", "id")
    )
    return [
        StopLine(
            stop,
            all(
                rules.Suspension(stop.from_on, stop.to_on, stop.declared_at).covers(
                    quarter
                )
                for quarter in quarters
            ),
        )
        for stop in found
    ]
