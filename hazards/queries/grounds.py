"""Why a quarter is not asked for, or must be judged by a person."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from accounts.models import Enterprise
from accounts.queries.memberships import receiving_bureau
from hazards.models import Obligation, Suspension, Waiver
from hazards.rules import obligations as rules
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.obligations import ObligationState
from hazards.rules.quarters import Quarter


class Why(StrEnum):
    """What the row rests on."""

    FOUNDED_LATER = "founded-later"
    BEFORE_FIRST_QUARTER = "before-first-quarter"
    SUSPENDED = "suspended"
    WAIVED = "waived"
    SUSPENSION_UNDECIDED = "suspension-undecided"
    NO_INTERNAL_TEAM = "no-internal-team"
    NOBODY_RECEIVES = "nobody-receives"


@dataclass(frozen=True)
class Ground:
    """Why, and the act that it rests on where there is one."""

    why: Why
    waiver: Waiver | None = None
    suspension: Suspension | None = None


def grounds(
    enterprise: Enterprise, rows: Sequence[Obligation], *, at: dt.datetime
) -> dict[Quarter, Ground]:
    """Tell of the quarters that are exempt or to be judged, why; 2 or 3 queries."""
    stops = list(Suspension.objects.filter(enterprise=enterprise).order_by("-from_on"))
    waivers = list(
        Waiver.objects.filter(obligation__in=[row.pk for row in rows if row.pk])
        .select_related("granted_by__user", "granted_by__bureau")
        .order_by("id")
    )
    found = {}
    for row in rows:
        if row.quarter is None:
            continue
        if row.outlook == ObligationState.EXEMPT:
            found[row.quarter] = _exempt(enterprise, row, stops, waivers, at=at)
        elif row.outlook == ObligationState.PENDING:
            found[row.quarter] = _pending(enterprise, row.quarter, stops, at=at)
    return found


def _exempt(
    enterprise: Enterprise,
    row: Obligation,
    stops: Sequence[Suspension],
    waivers: Sequence[Waiver],
    *,
    at: dt.datetime,
) -> Ground:
    quarter = row.quarter
    assert quarter is not None  # noqa: S101 (the caller asked its kind)
    if enterprise.established_on > quarter.starts_on:
        return Ground(Why.FOUNDED_LATER)
    for waiver in waivers:
        holds = rules.Waiver(waiver.expires_on).holds(at)
        if waiver.obligation_id == row.pk and holds:
            return Ground(Why.WAIVED, waiver=waiver)
    for stop in stops:
        if stop.confirmed and _covers(stop, quarter):
            return Ground(Why.SUSPENDED, suspension=stop)
    return Ground(Why.BEFORE_FIRST_QUARTER)


def _pending(
    enterprise: Enterprise,
    quarter: Quarter,
    stops: Sequence[Suspension],
    *,
    at: dt.datetime,
) -> Ground:
    for stop in stops:
        if stop.confirmed is None and _covers(stop, quarter):
            return Ground(Why.SUSPENSION_UNDECIDED, suspension=stop)
    if receiving_bureau(enterprise, on=at.astimezone(SHANGHAI).date()) is None:
        return Ground(Why.NOBODY_RECEIVES)
    return Ground(Why.NO_INTERNAL_TEAM)


def _covers(stop: Suspension, quarter: Quarter) -> bool:
    return rules.Suspension(stop.from_on, stop.to_on, stop.declared_at).covers(quarter)
