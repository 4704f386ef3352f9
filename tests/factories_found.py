"""Findings of spot checks that are under way, their photos and comparisons."""

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from typing import Any

from accounts.models import Acting, Role
from hazards.models import (
    CheckKind,
    Finding,
    FindingMatch,
    SpotCheck,
)
from hazards.queries.candidates import candidates
from hazards.services import findings, matching
from hazards.services.findings import Found
from tests.factories import NOW, make_acting
from tests.factories_findings import approved_check, started_check
from tests.factories_reports import Desks

CLAUSE = "order-10-2023/3(1)"
"""That of the hazards which tests/factories_reports.py describes."""
ARRIVAL = NOW + dt.timedelta(days=30)


@dataclass(frozen=True)
class Visited:
    """A spot check that has begun, with its officers on the day of arrival."""

    check: SpotCheck
    officer: Acting
    colleague: Acting
    desks: Desks


def make_visited(
    desks: Desks,
    *,
    kind: CheckKind = CheckKind.PLANNED,
    at: dt.datetime = ARRIVAL,
    begun: bool = True,
    officer: Acting | None = None,
) -> Visited:
    """Two officers have arrived at the enterprise."""
    on = at.date()
    officer = officer or make_acting(Role.INSPECTOR, bureau=desks.bureau, on=on)
    colleague = make_acting(Role.INSPECTOR, bureau=desks.bureau, on=on)
    officers = (officer.membership.pk, colleague.membership.pk)
    make = started_check if begun else approved_check
    check = make(desks, at=at, by=officer, kind=kind, officers=officers)
    return Visited(check, officer, colleague, desks)


def make_found(desks: Desks, **changes: Any) -> Found:
    """The hazard of tests/factories_reports.py as officers find it."""
    found = Found(
        is_major=True,
        clause=CLAUSE,
        site_id=desks.site.pk,
        place="2号熔炼炉炉前",
        description="现场有承包单位检修，未签订安全生产管理协议。",
        ordered="立即停止检修，人员撤离。",
        stop_ordered="part",
    )
    return replace(found, **changes)


def make_finding(
    visited: Visited, *, at: dt.datetime | None = None, **changes: Any
) -> Finding:
    """A finding recorded an hour after the arrival."""
    return findings.record(
        spot_check_id=visited.check.pk,
        found=make_found(visited.desks, **changes),
        key=uuid.uuid4(),
        by=visited.officer,
        at=at or _of(visited),
    )


def compare(
    finding: Finding,
    visited: Visited,
    *verdicts: str,
    at: dt.datetime | None = None,
) -> FindingMatch:
    """The officer's answers on the candidates in the order in which they stand."""
    shown = candidates(finding).all
    return matching.match(
        finding_id=finding.pk,
        answers=[
            (each.record.public_id, verdict, "")
            for each, verdict in zip(shown, verdicts, strict=False)
        ],
        note="对照现场和上报内容逐条核对。",
        by=visited.officer,
        at=at or _of(visited),
    )


def _of(visited: Visited) -> dt.datetime:
    assert visited.check.started_at is not None
    return visited.check.started_at + dt.timedelta(hours=1)
