"""What a flag's page says, and the flags of one enterprise."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Value, When

from accounts.models import Acting, Enterprise
from accounts.queries.paging import PAGE_SIZE, after_row
from hazards.models import (
    ComplianceFlag,
    FlagEvent,
    FlagKind,
    FlagStatus,
    SelfInspectionReport,
)
from hazards.queries.deadlines import policies_of
from hazards.rules.provisions import PROVISIONS, Provision


@dataclass(frozen=True)
class FlagPage:
    """A flag with what it rests on."""

    flag: ComplianceFlag
    provisions: list[Provision]
    registered_at: dt.datetime | None
    # Hours within which a hazard is reported, as they were when it was raised.
    hours: int | None
    # Of the quarter, if there is one that the reader may see.
    report: SelfInspectionReport | None
    # In which one may read of the hazard.
    hazard_report: SelfInspectionReport | None
    events: list[FlagEvent]
    # For how many quarters it counts in a finding; None = it never does.
    lookback: int | None
    # Up to which day it is waived, where a waiver with an end settled it.
    waived_until: dt.date | None


def flag_page(flag: ComplianceFlag, *, seen_by: Acting) -> FlagPage:
    """Read what a flag rests on (its duty, hazard and enterprise loaded)."""
    registered = flag.basis.get("registered_at")
    return FlagPage(
        flag=flag,
        provisions=[
            PROVISIONS[key]
            for key in flag.basis.get("provisions", [])
            if key in PROVISIONS
        ],
        registered_at=dt.datetime.fromisoformat(registered) if registered else None,
        hours=flag.basis.get("prompt_report_hours"),
        report=_report(flag, seen_by),
        hazard_report=_hazard_report(flag, seen_by),
        events=list(flag.events.order_by("id")),
        lookback=_lookback(flag),
        waived_until=_waived_until(flag),
    )


def _report(flag: ComplianceFlag, acting: Acting) -> SelfInspectionReport | None:
    quarter = flag.obligation.quarter if flag.obligation else None
    if quarter is None:
        return None
    return (
        SelfInspectionReport.objects.visible_to(acting)
        .for_quarter(quarter)
        .filter(enterprise=flag.enterprise)
        .first()
    )


def _hazard_report(flag: ComplianceFlag, acting: Acting) -> SelfInspectionReport | None:
    if flag.hazard is None:
        return None
    return (
        SelfInspectionReport.objects.visible_to(acting)
        .filter(versions__stated__hazard=flag.hazard)
        .order_by("-year", "-quarter_number")
        .first()
    )


def _lookback(flag: ComplianceFlag) -> int | None:
    duty = flag.obligation
    if duty is None or duty.quarter is None or flag.kind != FlagKind.MISSING_QUARTER:
        return None
    policies = policies_of(duty.bureau)
    return policies.integer("flag_lookback_quarters", on=duty.quarter.starts_on)


def _waived_until(flag: ComplianceFlag) -> dt.date | None:
    if flag.status != FlagStatus.WAIVED or flag.obligation is None:
        return None
    ends = list(flag.obligation.waivers.values_list("expires_on", flat=True))
    days = [day for day in ends if day is not None]
    # One without an end holds for good.
    return max(days) if days and len(days) == len(ends) else None


@dataclass(frozen=True)
class FlagList:
    """Some flags of an enterprise, those that stand first, and the next page."""

    rows: list[ComplianceFlag]
    next_after: str


def flag_list(enterprise: Enterprise, *, after: str = "") -> FlagList:
    """Those that stand first, each part newest first; a page by key."""
    stands = Case(
        When(status=FlagStatus.STANDING, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    rows = (
        ComplianceFlag.objects.filter(enterprise=enterprise)
        .annotate(stands=stands)
        .select_related("obligation", "hazard")
    )
    ordered = after_row(
        rows, "stands", "raised_at", "id", after=after, newest_first=True
    )
    found = list(ordered[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    return FlagList(shown, str(shown[-1].public_id) if more else "")
