"""Spot checks from the plan to the end: who may, what is kept, who is told."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Acting, Role
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import (
    AssistantKind,
    CheckKind,
    CheckState,
    SpotCheck,
    SpotCheckOfficer,
)
from hazards.permissions.spot_checks import may_check
from hazards.queries.check_counts import counts_before
from hazards.services import spot_checks
from hazards.services.check_plans import Assistant
from hazards.workflow import SPOT_CHECK_TRANSITIONS, CheckAction
from tests.database.stages import stage
from tests.factories import NOW, TODAY, make_acting, make_bureau, make_membership
from tests.factories_findings import (
    STATES,
    approve,
    approved_check,
    ended_check,
    inspectors_of,
    make_plan,
    officer_of,
    planned_check,
    start,
    started_check,
)
from tests.factories_reports import Desks, make_desks
from tests.hazards.services.traces import last_event, people, told

DAY = dt.timedelta(days=1)


@stage
def planned(desks: Desks) -> SpotCheck:
    return planned_check(desks)


@stage
def approved(desks: Desks) -> SpotCheck:
    return approved_check(desks)


def seen_by(by: Acting) -> set[SpotCheck]:
    return set(SpotCheck.objects.visible_to(by))


class TestThePlan:
    def test_waits_for_the_head_with_everything_that_was_said(
        self, desks: Desks
    ) -> None:
        check = planned_check(
            desks,
            assistants=(Assistant(AssistantKind.EXPERT, "王工", "省安科院"),),
            site_id=desks.site.pk,
        )

        planner, second = inspectors_of(desks.bureau)
        assert (check.state, check.planned_at) == (CheckState.PLANNED, NOW)
        assert (check.bureau, check.site) == (desks.bureau, desks.site)
        assert [row.membership for row in check.officers.order_by("pk")] == [
            planner.membership,
            second.membership,
        ]
        assert check.assistants.get().kind == AssistantKind.EXPERT
        assert told("check_planned") == people(desks.head)
        event = last_event(check, action="plan-check")
        # The enterprise's own page says nothing of it.
        assert (event.by, event.enterprise) == (planner.user, None)
        assert check not in seen_by(desks.principal)

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"matters": ()}, "what is looked at"),
            ({"matters": ("no-such-matter",)}, "what is looked at"),
            ({"purpose": " "}, "Say why this enterprise"),
            ({"plan_reference": ""}, "Name the yearly plan"),
            ({"planned_on": TODAY - DAY}, "This day is over"),
        ],
    )
    def test_is_refused_when_it_cannot_be(
        self, desks: Desks, changes: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(RefusedError, match=said):
            planned_check(desks, **changes)

    def test_of_a_complaint_needs_no_yearly_plan(self, desks: Desks) -> None:
        check = planned_check(desks, kind=CheckKind.COMPLAINT, plan_reference="")
        assert check.state == CheckState.PLANNED

    def test_names_two_different_officers(self, desks: Desks) -> None:
        one = inspectors_of(desks.bureau)[0]
        with pytest.raises(RefusedError, match="At least two officers"):
            planned_check(desks, officers=(one.membership.pk,))

    def test_names_inspectors_of_the_bureaus_that_come(self, desks: Desks) -> None:
        one = inspectors_of(desks.bureau)[0].membership.pk
        for stranger in (
            make_acting(Role.INSPECTOR, bureau=make_bureau()),
            desks.reviewer,
        ):
            with pytest.raises(RefusedError, match="inspector of your bureau"):
                planned_check(desks, officers=(one, stranger.membership.pk))

    def test_may_name_an_officer_of_the_bureau_that_joins(self, desks: Desks) -> None:
        one = inspectors_of(desks.bureau)[0].membership.pk
        joining = make_bureau()
        other = make_acting(Role.INSPECTOR, bureau=joining)
        check = planned_check(
            desks, officers=(one, other.membership.pk), joint_bureau_id=joining.pk
        )
        assert check in seen_by(other)

    def test_names_nobody_who_was_ever_of_the_enterprise(  # S11
        self, desks: Desks
    ) -> None:
        second = inspectors_of(desks.bureau)[1]
        make_membership(
            Role.CLERK,
            user=second.user,
            enterprise=desks.enterprise,
            ends_on=TODAY - DAY,
        )
        with pytest.raises(RefusedError, match="is or was a member"):
            planned_check(desks)

    def test_names_a_site_of_the_enterprise_and_another_bureau(
        self, desks: Desks
    ) -> None:
        with pytest.raises(RefusedError, match="another enterprise’s"):
            planned_check(desks, site_id=make_desks().site.pk)
        with pytest.raises(RefusedError, match="another than your own"):
            planned_check(desks, joint_bureau_id=desks.bureau.pk)

    def test_is_made_by_an_inspector_alone(self, desks: Desks) -> None:
        for by in (desks.reviewer, desks.head, desks.clerk):
            with pytest.raises(NotPermittedError):
                spot_checks.plan(
                    enterprise_id=desks.enterprise.pk,
                    plan=make_plan(desks.bureau),
                    by=by,
                    at=NOW,
                )


class TestTheAnswer:
    def test_lets_the_officers_go(self, desks: Desks, planned: SpotCheck) -> None:
        spot_checks.approve(check_id=planned.pk, answer="同意。", by=desks.head, at=NOW)

        planned.refresh_from_db()
        assert (planned.state, planned.answered_at) == (CheckState.APPROVED, NOW)
        assert (planned.answered_by, planned.answer) == (
            desks.head.membership,
            "同意。",
        )
        assert told("check_answered") == people(*inspectors_of(desks.bureau))
        assert planned not in seen_by(desks.principal)

    def test_refuses_with_a_reason(self, desks: Desks, planned: SpotCheck) -> None:
        with pytest.raises(RefusedError, match="Say why"):
            spot_checks.refuse(check_id=planned.pk, answer=" ", by=desks.head, at=NOW)

        spot_checks.refuse(
            check_id=planned.pk, answer="本年度已检查。", by=desks.head, at=NOW
        )

        planned.refresh_from_db()
        assert (planned.state, planned.answer) == (CheckState.REFUSED, "本年度已检查。")

    def test_is_never_the_planners(  # S11
        self, desks: Desks, planned: SpotCheck
    ) -> None:
        both = make_acting(
            Role.BUREAU_HEAD,
            user=inspectors_of(desks.bureau)[0].user,
            bureau=desks.bureau,
        )
        with pytest.raises(NotPermittedError, match="You planned"):
            spot_checks.approve(check_id=planned.pk, by=both, at=NOW)

        with pytest.raises(DatabaseError, match="approved by another"):
            _raw(
                planned,
                state=CheckState.APPROVED,
                answered_at=NOW,
                answered_by=both.membership,
            )

    def test_is_the_head_of_the_planning_bureaus(
        self, desks: Desks, planned: SpotCheck
    ) -> None:
        superior = make_acting(Role.BUREAU_HEAD, bureau=make_bureau())
        for by in (superior, desks.reviewer, *inspectors_of(desks.bureau)):
            with pytest.raises(NotPermittedError):
                spot_checks.approve(check_id=planned.pk, by=by, at=NOW)


class TestTheNotice:
    def test_shows_the_check_to_the_enterprise(
        self, desks: Desks, approved: SpotCheck
    ) -> None:
        spot_checks.announce(
            check_id=approved.pk,
            notice="请准备隐患台账。",
            by=officer_of(approved),
            at=NOW,
        )

        assert told("check_announced") == people(
            desks.clerk, desks.leader, desks.principal
        )
        assert approved in seen_by(desks.clerk)
        approved.refresh_from_db()
        assert (approved.state, approved.notice) == (
            CheckState.APPROVED,
            "请准备隐患台账。",
        )

    def test_is_given_once(self, approved: SpotCheck) -> None:
        for _once in range(1):
            spot_checks.announce(
                check_id=approved.pk, notice="告知。", by=officer_of(approved), at=NOW
            )
        with pytest.raises(NotPermittedError, match="told of this spot check already"):
            spot_checks.announce(
                check_id=approved.pk, notice="再告知。", by=officer_of(approved), at=NOW
            )

    def test_is_taken_back_with_the_check(
        self, desks: Desks, approved: SpotCheck
    ) -> None:
        officer = officer_of(approved)
        spot_checks.announce(check_id=approved.pk, notice="告知。", by=officer, at=NOW)
        spot_checks.withdraw(
            check_id=approved.pk, reason="任务调整。", by=officer, at=NOW
        )
        assert told("check_called_off") == people(
            desks.clerk, desks.leader, desks.principal
        )


class TestTheArrival:
    def test_is_the_servers_instant_with_the_counts_as_shown(
        self, desks: Desks, approved: SpotCheck
    ) -> None:
        later = NOW + DAY
        start(approved, at=later)

        approved.refresh_from_db()
        assert (approved.state, approved.started_at) == (CheckState.STARTED, later)
        assert approved.counts is not None
        assert (approved.counts["counted"], approved.counts["cap"]) == (0, 6)
        assert approved.reason_to_go_on == ""
        assert approved in seen_by(desks.clerk)
        assert told("check_started") == people(
            desks.clerk, desks.leader, desks.principal
        )

    def test_is_an_officers_of_this_check(self, approved: SpotCheck) -> None:
        colleague = make_acting(Role.INSPECTOR, bureau=approved.bureau)
        with pytest.raises(NotPermittedError, match="named in the plan"):
            spot_checks.start(check_id=approved.pk, shown="", by=colleague, at=NOW)

    def test_needs_a_reason_where_the_page_warned(
        self, desks: Desks, approved: SpotCheck
    ) -> None:
        ended_check(desks)
        officer = officer_of(approved)
        shown = spot_checks.digest_of(counts_before(approved, on=officer.on))

        def begin(reason: str) -> None:
            spot_checks.start(
                check_id=approved.pk,
                shown=shown,
                reason_to_go_on=reason,
                by=officer,
                at=NOW,
            )

        with pytest.raises(RefusedError, match="advise against this check"):
            begin("  ")
        begin("上级部署的专项检查。")

        approved.refresh_from_db()
        assert approved.reason_to_go_on == "上级部署的专项检查。"
        assert approved.counts is not None
        assert [each["code"] for each in approved.counts["warnings"]] == ["same-matter"]

    def test_waits_until_the_new_counts_are_read(
        self, desks: Desks, approved: SpotCheck
    ) -> None:
        officer = officer_of(approved)
        shown = spot_checks.digest_of(counts_before(approved, on=officer.on))
        started_check(desks)

        with pytest.raises(spot_checks.CountsChangedError):
            spot_checks.start(
                check_id=approved.pk,
                shown=shown,
                reason_to_go_on="继续。",
                by=officer,
                at=NOW,
            )

    def test_needs_two_officers_who_still_hold_their_office(
        self, desks: Desks, approved: SpotCheck
    ) -> None:
        seat = officer_of(approved, 1).membership
        seat.ends_on, seat.end_recorded_at = TODAY, NOW
        seat.save(update_fields=["ends_on", "end_recorded_at"])
        with pytest.raises(RefusedError, match="Fewer than two"):
            start(approved, at=NOW + DAY)


class TestOnceBegun:
    def test_it_ends_with_what_came_of_it(self, desks: Desks) -> None:
        check = ended_check(desks)
        assert (check.state, check.ended_at) == (CheckState.ENDED, NOW)
        assert told("check_ended") == people(desks.clerk, desks.leader, desks.principal)

    def test_nothing_of_it_changes_and_it_stays(self, desks: Desks) -> None:
        check = started_check(desks)
        for column, value in (
            ("purpose", "x"),
            ("started_at", NOW + DAY),
            ("counts", {}),
            ("kind", CheckKind.GUIDANCE),
            ("state", CheckState.APPROVED),
        ):
            with pytest.raises(DatabaseError):
                _raw(check, **{column: value})
        with pytest.raises(DatabaseError), transaction.atomic():
            SpotCheckOfficer.objects.create(
                spot_check=check,
                membership=make_membership(Role.INSPECTOR, bureau=check.bureau),
                certificate_number="辽铁执0009",
            )
        with pytest.raises(DatabaseError), transaction.atomic():
            check.delete()


def _every_action() -> list[Any]:
    return [
        pytest.param(action, state, id=f"{action.value}-{state.value}")
        for action in CheckAction
        for state in STATES
    ]


@pytest.mark.parametrize(("action", "state"), _every_action())
def test_only_those_of_the_table_act_and_only_then(  # S11
    desks: Desks, action: CheckAction, state: CheckState
) -> None:
    make: Callable[..., SpotCheck] = STATES[state]
    check = make(desks)
    officer, colleague = (
        inspectors_of(desks.bureau)[0],
        make_acting(Role.INSPECTOR, bureau=desks.bureau),
    )
    transition = SPOT_CHECK_TRANSITIONS[action]
    in_time = state in transition.sources
    heads = Role.BUREAU_HEAD in transition.actors
    inspectors = Role.INSPECTOR in transition.actors

    assert bool(may_check(desks.head, action, check)) is (in_time and heads)
    assert bool(may_check(officer, action, check)) is (in_time and inspectors)
    for by in (colleague, desks.reviewer, desks.clerk, desks.principal):
        assert not may_check(by, action, check), by.role
    # Whoever was ever of the enterprise is out.
    for by in (desks.head, officer):
        make_membership(
            Role.TEAM_MEMBER,
            user=by.user,
            enterprise=desks.enterprise,
            ends_on=TODAY - DAY,
        )
        assert not may_check(by, action, check)


def test_of_a_withdrawn_plan_the_officers_and_the_head_are_told(
    desks: Desks, planned: SpotCheck
) -> None:
    planner, second = inspectors_of(desks.bureau)
    spot_checks.withdraw(check_id=planned.pk, reason="重复。", by=planner, at=NOW)

    assert told("check_withdrawn") == people(second, desks.head)
    assert told("check_called_off") == set()
    with pytest.raises(NotPermittedError):
        approve(planned)


def _raw(check: SpotCheck, **changes: Any) -> None:
    """An update past the services."""
    with transaction.atomic():
        SpotCheck.objects.filter(pk=check.pk).update(**changes)
