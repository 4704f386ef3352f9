"""
Promise S11, all of it: whoever had any part in a check, under whatever seat, does not
go on to decide or answer; whoever had none does.
"""

from collections.abc import Callable

import pytest

from accounts.models import Acting, Membership, Role
from hazards.models import CheckCorrection, FindingAssessment, MatchSecond
from hazards.permissions.cases import (
    may_answer_objection,
    may_decide,
    may_determine,
    may_object,
)
from tests.factories import acting, make_membership
from tests.factories_found import compare
from tests.hazards.cases.conftest import ARRIVAL, HOUR, Case

pytestmark = pytest.mark.django_db


def _seconds(case: Case, seat: Membership) -> None:
    match = compare(case.finding, case.visited, "different", at=ARRIVAL + HOUR)
    MatchSecond.objects.create(
        match=match, agrees=True, note="同意", at=ARRIVAL + HOUR, by=seat
    )


def _judges(case: Case, seat: Membership) -> None:
    FindingAssessment.objects.create(
        finding=case.finding, at=ARRIVAL + HOUR, by=seat, note="判断"
    )


def _asks_for_a_correction(case: Case, seat: Membership) -> None:
    CheckCorrection.objects.create(
        spot_check=case.visited.check,
        text="更正",
        reason="笔误",
        asked_at=ARRIVAL + HOUR,
        asked_by=seat,
    )


PARTS: dict[str, Callable[[Case, Membership], None]] = {
    "seconded": _seconds,
    "judged": _judges,
    "asked for a correction": _asks_for_a_correction,
}


# S11
@pytest.mark.parametrize("part", sorted(PARTS))
def test_whoever_had_a_part_goes_on_with_nothing(reported: Case, part: str) -> None:
    decider = reported.decider
    assert may_decide(decider, reported.finding)

    PARTS[part](reported, decider.membership)

    assert not may_decide(decider, reported.finding)
    assert not may_answer_objection(decider, reported.finding)


# S11
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("inspected", [False, True])
def test_by_role_and_part(reported: Case, role: Role, *, inspected: bool) -> None:
    by = _seated(reported, role, inspected=inspected)
    finding = reported.finding

    in_bureau = {
        Role.INSPECTOR,
        Role.REVIEWER,
        Role.DECIDING_OFFICER,
        Role.BUREAU_HEAD,
    }
    assert bool(may_determine(by, finding)) is (role in in_bureau)
    assert bool(may_decide(by, finding)) is (
        role == Role.DECIDING_OFFICER and not inspected
    )
    assert bool(may_answer_objection(by, finding)) is (
        role in {Role.DECIDING_OFFICER, Role.BUREAU_HEAD} and not inspected
    )
    assert bool(may_object(by, finding)) is (
        role in {Role.PRINCIPAL, Role.TEAM_LEADER, Role.CLERK}
    )


def _seated(case: Case, role: Role, *, inspected: bool) -> Acting:
    """Somebody with the role, who may have inspected under another seat."""
    user = case.visited.colleague.user if inspected else None
    if role == Role.OPERATOR:
        seat = make_membership(role, user=user)
    elif role in {Role.CLERK, Role.TEAM_LEADER, Role.TEAM_MEMBER, Role.PRINCIPAL}:
        seats = Membership.objects.filter(enterprise=case.desks.enterprise, role=role)
        seat = seats.get()
    elif inspected and role == Role.INSPECTOR:
        seat = case.visited.colleague.membership
    else:
        seat = make_membership(role, user=user, bureau=case.desks.bureau)
    return acting(seat, on=ARRIVAL.date())
