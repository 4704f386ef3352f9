"""
Factories that walk through the services to each state of a spot check. Instants are
told to them; what is not told happens at NOW (tests/factories.py).
"""

import datetime as dt
from dataclasses import replace
from typing import Any

from accounts.models import Acting, Bureau, Membership, Role
from hazards.models import CheckKind, CheckState, SpotCheck
from hazards.queries.check_counts import counts_before
from hazards.services import spot_checks
from hazards.services.check_plans import CheckPlan
from tests.factories import NOW, TODAY, acting, make_acting, make_user
from tests.factories_lives import on_day_of
from tests.factories_reports import Desks

MATTERS = ("major-hazard-rectification", "order-10-2023")


def inspectors_of(bureau: Bureau, *, on: dt.date = TODAY) -> tuple[Acting, Acting]:
    """Two inspectors of the bureau, the same ones each time."""
    seats = Membership.objects.filter(bureau=bureau, role=Role.INSPECTOR)
    found = [
        acting(seat, on=on)
        for seat in seats.select_related("user", "bureau").order_by("pk")[:2]
    ]
    while len(found) < 2:
        user = make_user(email=f"inspector-{bureau.pk}-{len(found)}@example.com")
        found.append(make_acting(Role.INSPECTOR, user=user, bureau=bureau, on=on))
    return found[0], found[1]


def make_plan(bureau: Bureau, *, at: dt.datetime = NOW, **changes: Any) -> CheckPlan:
    """A check by the yearly plan on the day of the instant, by two officers."""
    sound = CheckPlan(
        kind=CheckKind.PLANNED,
        matters=MATTERS,
        purpose="年度计划内的重点检查企业。",
        plan_reference="2026年度安全生产监督检查计划第12号",
        planned_on=on_day_of(inspectors_of(bureau)[0], at).on,
        officers=tuple(each.membership.pk for each in inspectors_of(bureau)),
    )
    return replace(sound, **changes)


def planned_check(
    desks: Desks, *, at: dt.datetime = NOW, by: Acting | None = None, **changes: Any
) -> SpotCheck:
    """
    Planned by the first inspector of the enterprise's bureau, or by another's; waits
    for the head.
    """
    planner = by or inspectors_of(desks.bureau)[0]
    bureau = planner.bureau
    assert bureau is not None
    return spot_checks.plan(
        enterprise_id=desks.enterprise.pk,
        plan=make_plan(bureau, at=at, **changes),
        by=on_day_of(planner, at),
        at=at,
    )


def approve(check: SpotCheck, *, at: dt.datetime = NOW) -> SpotCheck:
    """The head of the planning bureau approves it."""
    head = _head_of(check.bureau)
    return spot_checks.approve(check_id=check.pk, by=on_day_of(head, at), at=at)


def start(check: SpotCheck, *, at: dt.datetime = NOW) -> SpotCheck:
    """The first officer has read this year's counts and begins, warned or not."""
    officer = on_day_of(officer_of(check), at)
    counts = counts_before(check, on=officer.on)
    return spot_checks.start(
        check_id=check.pk,
        shown=spot_checks.digest_of(counts),
        reason_to_go_on="举报线索紧急，负责人同意继续检查。",
        by=officer,
        at=at,
    )


def end(check: SpotCheck, *, at: dt.datetime = NOW) -> SpotCheck:
    """The first officer ends it."""
    return spot_checks.end(
        check_id=check.pk,
        summary="检查完毕，问题已当场告知。",
        by=on_day_of(officer_of(check), at),
        at=at,
    )


def officer_of(check: SpotCheck, place: int = 0) -> Acting:
    """One of the officers named in the plan."""
    officers = check.officers.select_related("membership__user", "membership__bureau")
    return acting(officers.order_by("pk")[place].membership)


def approved_check(desks: Desks, *, at: dt.datetime = NOW, **changes: Any) -> SpotCheck:
    """Planned and approved in the same minute."""
    return approve(planned_check(desks, at=at, **changes), at=at)


def started_check(desks: Desks, *, at: dt.datetime = NOW, **changes: Any) -> SpotCheck:
    """Planned, approved and begun in the same minute."""
    return start(approved_check(desks, at=at, **changes), at=at)


def ended_check(desks: Desks, *, at: dt.datetime = NOW, **changes: Any) -> SpotCheck:
    """The same, and ended."""
    return end(started_check(desks, at=at, **changes), at=at)


STATES = {
    CheckState.PLANNED: planned_check,
    CheckState.APPROVED: approved_check,
    CheckState.STARTED: started_check,
    CheckState.ENDED: ended_check,
}
"""How a check gets where it stands, without the two ways out."""


def _head_of(bureau: Bureau) -> Acting:
    seats = Membership.objects.filter(bureau=bureau, role=Role.BUREAU_HEAD)
    seat = seats.select_related("user", "bureau").order_by("pk").first()
    return acting(seat) if seat else make_acting(Role.BUREAU_HEAD, bureau=bureau)
