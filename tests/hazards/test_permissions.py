"""Who may do what, tried for every action, role and status (promise S11)."""

import itertools
from types import MappingProxyType

import pytest

from accounts.models import Acting, Role
from hazards import permissions
from hazards.models import ReportStatus, SelfInspectionReport
from hazards.workflow import ReportAction
from tests.factories import make_acting, make_bureau
from tests.factories_reports import Desks, make_desks, make_inspection, make_report

# Written out apart from the table, as a reader of the issue would write it.
TEAM, PRINCIPAL, BUREAU = (
    {Role.CLERK, Role.TEAM_LEADER},
    {Role.PRINCIPAL},
    {Role.REVIEWER, Role.BUREAU_HEAD},
)
DRAFT, WAITING, RECEIVED, IN_REVIEW, RETURNED, ACCEPTED = ReportStatus
EXPECTED = MappingProxyType(
    {
        ReportAction.SEND_FOR_SIGNATURE: (TEAM, {DRAFT}),
        ReportAction.WITHDRAW: (TEAM, {WAITING}),
        ReportAction.RETURN_TO_TEAM: (PRINCIPAL, {WAITING}),
        ReportAction.SIGN_OFF: (PRINCIPAL, {WAITING}),
        ReportAction.LODGE_UNSIGNED: ({Role.TEAM_LEADER}, {DRAFT, WAITING}),
        ReportAction.ENTER_PAPER: (BUREAU, {DRAFT}),
        ReportAction.BEGIN_REVIEW: (BUREAU, {RECEIVED}),
        ReportAction.ACCEPT: (BUREAU, {RECEIVED, IN_REVIEW}),
        ReportAction.RETURN_FOR_CORRECTION: (BUREAU, {RECEIVED, IN_REVIEW}),
        ReportAction.BEGIN_CORRECTION: (TEAM, {RETURNED}),
        ReportAction.TRANSFER: (BUREAU, {RECEIVED, IN_REVIEW}),
    }
)


def everybody(desks: Desks) -> dict[Role, Acting]:
    """One person of every role there is, at this enterprise or bureau."""
    at_bureau = (Role.INSPECTOR, Role.DECIDING_OFFICER, Role.TOWNSHIP_ASSISTANT)
    return {
        Role.CLERK: desks.clerk,
        Role.TEAM_LEADER: desks.leader,
        Role.TEAM_MEMBER: desks.member,
        Role.PRINCIPAL: desks.principal,
        Role.REVIEWER: desks.reviewer,
        Role.BUREAU_HEAD: desks.head,
        Role.OPERATOR: make_acting(Role.OPERATOR),
        **{role: make_acting(role, bureau=desks.bureau) for role in at_bureau},
    }


@pytest.mark.parametrize("status", ReportStatus)
def test_every_action_of_every_role_in_every_status(
    desks: Desks, status: ReportStatus
) -> None:
    report = make_report(desks, status=status)
    actors = everybody(desks)
    assert set(actors) == set(Role)
    assert set(EXPECTED) == set(ReportAction)
    for role, action in itertools.product(Role, ReportAction):
        roles, statuses = EXPECTED[action]
        decision = permissions.may(actors[role], action, report)
        assert bool(decision) == (role in roles and status in statuses), (role, action)
        assert bool(decision.reason) is not bool(decision)


@pytest.mark.parametrize("status", ReportStatus)
def test_nobody_of_another_enterprise_or_bureau_does_anything(
    desks: Desks, status: ReportStatus
) -> None:
    report = make_report(desks, status=status)
    strangers = everybody(make_desks())
    for role, action in itertools.product(Role, ReportAction):
        assert not permissions.may(strangers[role], action, report), (role, action)


@pytest.mark.parametrize("role", Role)
def test_editing_is_for_the_team_and_for_drafts(desks: Desks, role: Role) -> None:
    draft = make_report(desks)
    filed = SelfInspectionReport(enterprise=desks.enterprise, status="received")
    visit = make_inspection(desks)
    by, stranger = everybody(desks)[role], everybody(make_desks())[role]
    assert bool(permissions.may_edit(by, draft)) == (role in TEAM)
    assert bool(permissions.may_start_report(by)) == (role in TEAM)
    assert bool(permissions.may_record_inspection(by)) == (role in TEAM)
    assert bool(permissions.may_record_inspection(by, visit)) == (role in TEAM)
    assert not permissions.may_edit(by, filed)
    assert not permissions.may_edit(stranger, draft)
    assert not permissions.may_record_inspection(stranger, visit)


def test_a_bureau_above_reads_but_does_not_answer(db: None) -> None:
    above = make_bureau()
    desks = make_desks(bureau=make_bureau(parent=above))
    report = make_report(desks, status=ReportStatus.RECEIVED)
    head = make_acting(Role.BUREAU_HEAD, bureau=above)
    assert SelfInspectionReport.objects.visible_to(head).get() == report
    decision = permissions.may(head, ReportAction.ACCEPT, report)
    assert decision.reason.startswith("Another bureau received this report")
