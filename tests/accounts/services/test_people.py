"""Invitations, endings, changes of principal, and ways back in."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import check_password

from accounts.models import (
    Acting,
    Enterprise,
    Event,
    Invitation,
    Membership,
    Notice,
    Role,
    User,
)
from accounts.permissions import NotPermittedError, RefusedError
from accounts.queries.memberships import current_principal
from accounts.services import (
    invitations,
    memberships,
    principal_changes,
    recovery,
    sign_in,
)
from accounts.services.invitations import Person, Sent
from tests.database.stages import stage
from tests.factories import (
    NOW,
    PASSWORD,
    TODAY,
    make_acting,
    make_bureau,
    make_enterprise,
    make_membership,
    make_user,
)

DAY = dt.timedelta(days=1)
LI = Person(full_name="李强", mobile="13811112222")


@stage
def plant(db: None) -> Enterprise:
    return make_enterprise()


@stage
def leader(plant: Enterprise) -> Acting:
    return make_acting(Role.TEAM_LEADER, enterprise=plant)


@stage
def reviewer(plant: Enterprise) -> Acting:
    return make_acting(Role.REVIEWER, bureau=plant.assignments.get().bureau)


def invite_clerk(leader: Acting, person: Person = LI) -> Sent:
    return invitations.invite(person=person, role=Role.CLERK, by=leader, at=NOW)


def accept_as_new(token: str, username: str = "liqiang") -> Membership:
    return invitations.accept_as_new(
        token=token, username=username, full_name="李强", password=PASSWORD, at=NOW
    )


class TestInvitation:
    def test_lets_a_new_person_in_with_the_invited_number(self, leader: Acting) -> None:
        membership = accept_as_new(invite_clerk(leader).token)

        assert (membership.role, membership.enterprise) == ("clerk", leader.enterprise)
        assert membership.user.mobile == LI.mobile
        assert Notice.objects.get(kind="invitation_accepted").recipient == leader.user

    def test_is_accepted_by_the_account_it_is_meant_for_only(
        self, leader: Acting
    ) -> None:
        token = invite_clerk(leader).token
        li, other = make_user(mobile=LI.mobile), make_user()

        with pytest.raises(RefusedError, match="another mobile number"):
            invitations.accept(token=token, user=other, at=NOW)

        assert invitations.accept(token=token, user=li, at=NOW).user == li

    def test_works_once(self, leader: Acting) -> None:
        token = invite_clerk(leader).token
        accept_as_new(token)

        with pytest.raises(RefusedError, match="not valid any more"):
            accept_as_new(token, "another")

    def test_expires_after_fourteen_days(self, leader: Acting) -> None:
        token = invite_clerk(leader).token

        assert invitations.find(token=token, at=NOW + 14 * DAY) is None
        assert invitations.find(token=token, at=NOW + 13 * DAY) is not None

    def test_sent_again_voids_the_link_before(self, leader: Acting) -> None:
        first = invite_clerk(leader)

        second = invitations.repeat(
            invitation=first.invitation, by=leader, at=NOW + 15 * DAY
        )

        at = NOW + 16 * DAY
        assert invitations.find(token=first.token, at=at) is None
        assert invitations.find(token=second.token, at=at) == first.invitation

    def test_withdrawn_opens_nothing(self, leader: Acting) -> None:
        sent = invite_clerk(leader)

        invitations.withdraw(invitation=sent.invitation, by=leader, at=NOW)

        assert invitations.find(token=sent.token, at=NOW) is None
        with pytest.raises(RefusedError, match="withdrawn"):
            invitations.repeat(invitation=sent.invitation, by=leader, at=NOW)

    def test_of_the_same_person_into_the_same_role_is_refused(
        self, leader: Acting
    ) -> None:
        invite_clerk(leader)

        with pytest.raises(RefusedError, match="already invited"):
            invite_clerk(leader)

    def test_keeps_no_token_in_the_database(self, leader: Acting) -> None:
        sent = invite_clerk(leader, Person("李强", email="li@plant.example"))

        stored = Invitation.objects.values().get()
        notice = Notice.objects.values().get(kind="invitation")
        assert sent.token not in str(stored) + str(notice)

    @pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.REVIEWER, Role.OPERATOR])
    def test_a_leader_invites_the_team_and_no_one_else(
        self, leader: Acting, role: Role
    ) -> None:
        with pytest.raises(NotPermittedError):
            invitations.invite(person=LI, role=role, by=leader, at=NOW)

    def test_a_clerk_invites_nobody(self, plant: Enterprise) -> None:
        with pytest.raises(NotPermittedError):
            invite_clerk(make_acting(Role.CLERK, enterprise=plant))

    def test_the_bureau_invites_the_first_principal(
        self, plant: Enterprise, reviewer: Acting
    ) -> None:
        sent = invitations.invite(
            person=LI, role=Role.PRINCIPAL, enterprise=plant, by=reviewer, at=NOW
        )
        accept_as_new(sent.token)

        principal = current_principal(enterprise=plant, on=TODAY)
        assert principal is not None
        assert principal.user.mobile == LI.mobile
        with pytest.raises(NotPermittedError, match="change of principal"):
            invitations.invite(
                person=Person("王", mobile="13811113333"),
                role=Role.PRINCIPAL,
                enterprise=plant,
                by=reviewer,
                at=NOW,
            )

    def test_another_bureau_invites_no_principal(self, plant: Enterprise) -> None:
        stranger = make_acting(Role.BUREAU_HEAD, bureau=make_bureau())

        with pytest.raises(NotPermittedError, match="Another bureau"):
            invitations.invite(
                person=LI, role=Role.PRINCIPAL, enterprise=plant, by=stranger, at=NOW
            )

    def test_an_account_made_with_a_taken_name_is_refused(self, leader: Acting) -> None:
        make_user(username="LiQiang")

        with pytest.raises(RefusedError, match="taken"):
            accept_as_new(invite_clerk(leader).token)

        assert not User.objects.filter(mobile=LI.mobile).exists()


class TestEnd:
    def test_makes_today_the_last_day_and_tells(self, leader: Acting) -> None:
        clerk = make_membership(Role.CLERK, enterprise=leader.enterprise)

        memberships.end(membership=clerk, by=leader, at=NOW)

        clerk.refresh_from_db()
        assert (clerk.ends_on, clerk.end_recorded_by) == (TODAY, leader.user)
        assert Notice.objects.get(kind="membership_ended").recipient == clerk.user

    def test_at_once_stops_access_today(self, leader: Acting) -> None:
        clerk = make_membership(Role.CLERK, enterprise=leader.enterprise)

        memberships.end(membership=clerk, by=leader, at=NOW, at_once=True)

        clerk.refresh_from_db()
        assert not clerk.holds_on(TODAY)

    def test_of_who_came_today_leaves_a_fact_that_was_never_true(
        self, leader: Acting
    ) -> None:
        clerk = make_membership(
            Role.CLERK, enterprise=leader.enterprise, starts_on=TODAY
        )

        memberships.end(membership=clerk, by=leader, at=NOW, at_once=True)

        clerk.refresh_from_db()
        assert not clerk.holds_on(TODAY)
        again = make_membership(
            Role.CLERK, user=clerk.user, enterprise=leader.enterprise, starts_on=TODAY
        )
        assert again.holds_on(TODAY)

    def test_of_the_last_editor_wants_to_be_meant(self, leader: Acting) -> None:
        with pytest.raises(RefusedError, match="Nobody else can write"):
            memberships.end(membership=leader.membership, by=leader, at=NOW)

        memberships.end(membership=leader.membership, by=leader, at=NOW, knowingly=True)

    def test_a_person_comes_back_the_day_after(self, leader: Acting) -> None:
        li = make_user(mobile=LI.mobile)
        clerk = make_membership(Role.CLERK, user=li, enterprise=leader.enterprise)
        memberships.end(membership=clerk, by=leader, at=NOW)

        again = invitations.accept(token=invite_clerk(leader).token, user=li, at=NOW)

        assert again.starts_on == TODAY + DAY

    def test_a_leader_ends_no_principal_and_no_stranger(self, leader: Acting) -> None:
        principal = make_membership(Role.PRINCIPAL, enterprise=leader.enterprise)
        stranger = make_membership(Role.CLERK, enterprise=make_enterprise())

        for membership in (principal, stranger):
            with pytest.raises(NotPermittedError):
                memberships.end(membership=membership, by=leader, at=NOW)

    def test_a_closed_account_loses_its_sessions(self, leader: Acting) -> None:
        epoch = leader.user.sessions_epoch

        memberships.disable(
            user=leader.user, reason="left", by=make_acting(Role.OPERATOR), at=NOW
        )

        leader.user.refresh_from_db()
        assert not leader.user.is_active
        assert leader.user.sessions_epoch == epoch + 1


class TestPrincipalChange:
    def enter(self, by: Acting, on: dt.date = TODAY, person: Person = LI) -> object:
        return principal_changes.enter(
            person=person, takes_office_on=on, reason="任命", by=by, at=NOW
        )

    def test_is_in_force_once_the_bureau_acknowledges(
        self, plant: Enterprise, leader: Acting, reviewer: Acting
    ) -> None:
        old = make_membership(Role.PRINCIPAL, enterprise=plant)
        change = principal_changes.enter(
            person=LI, takes_office_on=TODAY + 5 * DAY, reason="任命", by=leader, at=NOW
        )
        assert current_principal(enterprise=plant, on=TODAY + 9 * DAY) == old

        sent = principal_changes.acknowledge(change=change, by=reviewer, at=NOW)
        assert sent is not None
        accept_as_new(sent.token)

        old.refresh_from_db()
        assert old.ends_on == TODAY + 4 * DAY
        new = current_principal(enterprise=plant, on=TODAY + 5 * DAY)
        assert new is not None
        assert new.user.mobile == LI.mobile

    def test_never_reaches_back_before_the_acknowledgement(
        self, plant: Enterprise, leader: Acting, reviewer: Acting
    ) -> None:
        old = make_membership(Role.PRINCIPAL, enterprise=plant)
        li = make_user(mobile=LI.mobile)
        change = principal_changes.enter(
            person=LI,
            takes_office_on=TODAY - 30 * DAY,
            reason="任命",
            by=leader,
            at=NOW,
        )

        assert principal_changes.acknowledge(change=change, by=reviewer, at=NOW) is None

        old.refresh_from_db()
        assert old.ends_on == TODAY - DAY
        new = Membership.objects.get(user=li)
        assert (new.role, new.starts_on) == ("principal", TODAY)

    def test_tells_the_bureau_then_those_concerned(
        self, plant: Enterprise, leader: Acting, reviewer: Acting
    ) -> None:
        old = make_membership(Role.PRINCIPAL, enterprise=plant)
        change = principal_changes.enter(
            person=LI, takes_office_on=TODAY, reason="任命", by=leader, at=NOW
        )
        principal_changes.acknowledge(change=change, by=reviewer, at=NOW)

        told = set(Notice.objects.values_list("kind", "recipient"))
        assert ("principal_change_entered", reviewer.user.pk) in told
        assert ("principal_change_entered", old.user.pk) in told
        assert ("principal_change_acknowledged", old.user.pk) in told
        assert ("principal_change_acknowledged", leader.user.pk) in told

    def test_replaces_a_principal_who_came_the_same_day(
        self, plant: Enterprise, leader: Acting, reviewer: Acting
    ) -> None:
        make_membership(Role.PRINCIPAL, enterprise=plant, starts_on=TODAY)
        li = make_user(mobile=LI.mobile)
        change = principal_changes.enter(
            person=LI, takes_office_on=TODAY, reason="任命", by=leader, at=NOW
        )

        principal_changes.acknowledge(change=change, by=reviewer, at=NOW)

        new = current_principal(enterprise=plant, on=TODAY)
        assert new is not None
        assert new.user == li

    def test_waits_one_at_a_time_and_can_be_withdrawn(self, leader: Acting) -> None:
        change = principal_changes.enter(
            person=LI, takes_office_on=TODAY, reason="任命", by=leader, at=NOW
        )
        with pytest.raises(RefusedError, match="waiting already"):
            self.enter(leader)

        principal_changes.withdraw(change=change, by=leader, at=NOW)

        assert self.enter(leader) is not None

    def test_is_acknowledged_by_the_supervising_bureau_once(
        self, leader: Acting, reviewer: Acting
    ) -> None:
        change = principal_changes.enter(
            person=LI, takes_office_on=TODAY, reason="任命", by=leader, at=NOW
        )
        stranger = make_acting(Role.REVIEWER, bureau=make_bureau())
        with pytest.raises(NotPermittedError):
            principal_changes.acknowledge(change=change, by=stranger, at=NOW)

        principal_changes.acknowledge(change=change, by=reviewer, at=NOW)

        with pytest.raises(RefusedError, match="has been acknowledged"):
            principal_changes.acknowledge(change=change, by=reviewer, at=NOW)

    def test_is_refused_with_a_reason_that_the_team_reads(
        self, plant: Enterprise, leader: Acting, reviewer: Acting
    ) -> None:
        old = make_membership(Role.PRINCIPAL, enterprise=plant)
        change = principal_changes.enter(
            person=LI, takes_office_on=TODAY, reason="任命", by=leader, at=NOW
        )

        reason = "任命文件未盖章 & 缺页"
        principal_changes.refuse(change=change, reason=reason, by=reviewer, at=NOW)

        event = Event.objects.get(action="principal-change-refused")
        assert (event.subject_id, event.note) == (change.pk, reason)
        notices = Notice.objects.filter(kind="principal_change_refused")
        assert {notice.recipient for notice in notices} == {old.user, leader.user}
        assert all(reason in notice.body for notice in notices)
        assert current_principal(enterprise=plant, on=TODAY) == old
        with pytest.raises(RefusedError, match="withdrawn"):
            principal_changes.acknowledge(change=change, by=reviewer, at=NOW)
        assert self.enter(leader) is not None

    def test_is_not_refused_without_a_reason_or_by_another_bureau(
        self, leader: Acting, reviewer: Acting
    ) -> None:
        change = principal_changes.enter(
            person=LI, takes_office_on=TODAY, reason="任命", by=leader, at=NOW
        )
        stranger = make_acting(Role.REVIEWER, bureau=make_bureau())

        with pytest.raises(RefusedError, match="at least 5"):
            principal_changes.refuse(change=change, reason="no  ", by=reviewer, at=NOW)
        with pytest.raises(NotPermittedError):
            principal_changes.refuse(
                change=change, reason="not known here", by=stranger, at=NOW
            )

        change.refresh_from_db()
        assert change.withdrawn_at is None

    def test_is_not_the_clerks_business(self, plant: Enterprise) -> None:
        with pytest.raises(NotPermittedError):
            self.enter(make_acting(Role.CLERK, enterprise=plant))


class TestRecovery:
    def test_sets_a_password_ends_sessions_and_tells(
        self, plant: Enterprise, leader: Acting, reviewer: Acting
    ) -> None:
        principal = make_membership(Role.PRINCIPAL, enterprise=plant)
        user = leader.user
        totp.TOTP.activate(user, totp.generate_totp_secret())
        for _ in range(5):
            sign_in.authenticate(login=user.username, password="forgot", at=NOW)

        token = recovery.issue(
            membership=leader.membership,
            identity_check="identity card at the counter",
            by=reviewer,
            at=NOW,
        )
        recovery.use(
            token=token,
            password=PASSWORD,
            remove_second_factor=True,
            on=TODAY,
            at=NOW,
        )

        user.refresh_from_db()
        assert check_password(PASSWORD, user.password)
        assert user.sessions_epoch == 1
        assert not Authenticator.objects.filter(user_id=user.pk).exists()
        assert sign_in.authenticate(login=user.username, password=PASSWORD, at=NOW)
        for kind in ("recovery_issued", "recovery_used"):
            told = Notice.objects.filter(kind=kind).values_list("recipient", flat=True)
            assert set(told) == {user.pk, principal.user.pk}
        assert Event.objects.about(user).count() == 2

    def test_link_works_once_for_a_day_and_the_latest_only(
        self, leader: Acting, reviewer: Acting
    ) -> None:
        def issue() -> str:
            return recovery.issue(
                membership=leader.membership,
                identity_check="identity card",
                by=reviewer,
                at=NOW,
            )

        first, second = issue(), issue()

        assert recovery.find(token=first, at=NOW) is None
        assert recovery.find(token=second, at=NOW + DAY) is None
        recovery.use(token=second, password=PASSWORD, on=TODAY, at=NOW)
        with pytest.raises(RefusedError, match="not valid any more"):
            recovery.use(token=second, password="another one", on=TODAY, at=NOW)

    def test_is_issued_by_the_supervising_bureau_or_for_bureaus_by_the_operator(
        self, leader: Acting, reviewer: Acting
    ) -> None:
        operator = make_acting(Role.OPERATOR)
        head = make_acting(Role.BUREAU_HEAD, bureau=reviewer.bureau)

        def issue(of: Acting, by: Acting) -> str:
            return recovery.issue(
                membership=of.membership, identity_check="by sight", by=by, at=NOW
            )

        assert issue(leader, reviewer)
        assert issue(reviewer, operator)
        for of, by in [
            (leader, operator),
            (reviewer, head),
            (reviewer, reviewer),
            (leader, leader),
        ]:
            with pytest.raises(NotPermittedError):
                issue(of, by)
