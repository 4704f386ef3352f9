"""What the services of people refuse, each with its sentence."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection

from accounts.models import Acting, Enterprise, Invitation, Membership, Notice, Role
from accounts.permissions import NotPermittedError, RefusedError
from accounts.services import (
    first_start,
    invitations,
    memberships,
    notices,
    principal_changes,
    recovery,
)
from accounts.services.credentials import WrongCredentialError, prove
from accounts.services.invitations import Person
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
LI = Person(full_name="李强", mobile="13811112222", email="li@plant.example")


@stage
def plant(db: None) -> Enterprise:
    return make_enterprise()


@stage
def leader(plant: Enterprise) -> Acting:
    return make_acting(Role.TEAM_LEADER, enterprise=plant)


@stage
def reviewer(plant: Enterprise) -> Acting:
    return make_acting(Role.REVIEWER, bureau=plant.assignments.get().bureau)


def enter(by: Acting, person: Person = LI) -> Any:
    return principal_changes.enter(
        person=person, takes_office_on=TODAY, reason="任命", by=by, at=NOW
    )


class TestMemberships:
    def test_an_access_is_ended_once(self, leader: Acting) -> None:
        clerk = make_membership(Role.CLERK, enterprise=leader.enterprise)
        memberships.end(membership=clerk, by=leader, at=NOW)

        with pytest.raises(RefusedError, match="already been ended"):
            memberships.end(membership=clerk, by=leader, at=NOW)

    def test_an_access_of_yesterday_has_ended(self, leader: Acting) -> None:
        clerk = make_membership(
            Role.CLERK, enterprise=leader.enterprise, ends_on=TODAY - DAY
        )

        with pytest.raises(NotPermittedError, match="already ended"):
            memberships.end(membership=clerk, by=leader, at=NOW)

    def test_a_role_is_not_given_twice(self, leader: Acting) -> None:
        clerk = make_membership(Role.CLERK, enterprise=leader.enterprise)
        sent = invitations.invite(
            person=Person("x", mobile=clerk.user.mobile or ""),
            role=Role.CLERK,
            by=leader,
            at=NOW,
        )

        with pytest.raises(RefusedError, match="already has this role"):
            invitations.accept(token=sent.token, user=clerk.user, at=NOW)

    def test_a_second_principal_of_a_day_is_refused_by_the_database(
        self, plant: Enterprise
    ) -> None:
        make_membership(Role.PRINCIPAL, enterprise=plant)
        second = Membership(
            user=make_user(), role=Role.PRINCIPAL, enterprise=plant, starts_on=TODAY
        )

        with pytest.raises(RefusedError, match="already has a principal"):
            memberships.begin(second, by=None, at=NOW)

    def test_an_inspector_ending_leaves_editors_out_of_it(self, db: None) -> None:
        bureau = make_bureau()
        head = make_acting(Role.BUREAU_HEAD, bureau=bureau)
        inspector = make_membership(Role.INSPECTOR, bureau=bureau)

        memberships.end(membership=inspector, by=head, at=NOW)

        inspector.refresh_from_db()
        assert inspector.ends_on == TODAY

    def test_only_the_operator_closes_accounts(self, leader: Acting) -> None:
        with pytest.raises(NotPermittedError, match="Only the operator"):
            memberships.disable(user=leader.user, reason="x", by=leader, at=NOW)


class TestInvitations:
    def test_who_has_an_account_signs_in_to_accept(self, leader: Acting) -> None:
        make_user(email="LI@plant.example")
        sent = invitations.invite(person=LI, role=Role.CLERK, by=leader, at=NOW)

        with pytest.raises(RefusedError, match="sign in with it to accept"):
            invitations.accept_as_new(
                token=sent.token,
                username="li",
                full_name="李强",
                password=PASSWORD,
                at=NOW,
            )

    def test_an_accepted_one_is_neither_repeated_nor_withdrawn(
        self, leader: Acting
    ) -> None:
        sent = invitations.invite(person=LI, role=Role.CLERK, by=leader, at=NOW)
        user = make_user(email=LI.email)
        invitations.accept(token=sent.token, user=user, at=NOW)

        for act in (invitations.repeat, invitations.withdraw):
            with pytest.raises(RefusedError, match="has been accepted"):
                act(invitation=sent.invitation, by=leader, at=NOW)

    def test_the_bureau_repeats_that_of_a_principal(
        self, plant: Enterprise, reviewer: Acting
    ) -> None:
        sent = invitations.invite(
            person=LI, role=Role.PRINCIPAL, enterprise=plant, by=reviewer, at=NOW
        )

        again = invitations.repeat(invitation=sent.invitation, by=reviewer, at=NOW)

        assert again.invitation.times_sent == 2
        assert Notice.objects.filter(kind="invitation").count() == 2

    def test_a_closed_account_is_told_nothing(self, db: None) -> None:
        user = make_user()
        user.is_active = False
        user.save()

        notices.tell(kind="recovery_used", cause="x", recipients=[user], at=NOW)

        assert not Notice.objects.exists()


class TestPrincipalChanges:
    def test_to_the_present_principal_is_none(
        self, plant: Enterprise, leader: Acting
    ) -> None:
        make_membership(
            Role.PRINCIPAL, user=make_user(mobile=LI.mobile), enterprise=plant
        )

        with pytest.raises(RefusedError, match="principal already"):
            enter(leader)

    def test_of_another_enterprise_is_not_withdrawn(self, leader: Acting) -> None:
        change = enter(leader)
        stranger = make_acting(Role.TEAM_LEADER, enterprise=make_enterprise())

        with pytest.raises(NotPermittedError, match="another enterprise"):
            principal_changes.withdraw(change=change, by=stranger, at=NOW)

    def test_withdrawn_is_not_acknowledged(
        self, leader: Acting, reviewer: Acting
    ) -> None:
        change = enter(leader)
        principal_changes.withdraw(change=change, by=leader, at=NOW)

        with pytest.raises(RefusedError, match="withdrawn"):
            principal_changes.acknowledge(change=change, by=reviewer, at=NOW)

    def test_by_address_alone_goes_by_invitation(
        self, leader: Acting, reviewer: Acting
    ) -> None:
        make_user(email="li@plant.example")
        change = enter(leader, Person("李强", email="li@plant.example"))

        sent = principal_changes.acknowledge(change=change, by=reviewer, at=NOW)

        assert sent is not None

    def test_overtakes_who_was_invited_as_principal_before(
        self, plant: Enterprise, leader: Acting, reviewer: Acting
    ) -> None:
        first = invitations.invite(
            person=Person("王芳", mobile="13811119999"),
            role=Role.PRINCIPAL,
            enterprise=plant,
            by=reviewer,
            at=NOW,
        )

        principal_changes.acknowledge(change=enter(leader), by=reviewer, at=NOW)

        assert invitations.find(token=first.token, at=NOW) is None

    def test_without_a_supervising_bureau_waits_all_the_same(self, db: None) -> None:
        alone = make_enterprise()
        alone.assignments.update(
            ends_on=TODAY - DAY,
            end_recorded_at=NOW,
        )
        leader = make_acting(Role.TEAM_LEADER, enterprise=alone)

        principal_changes.withdraw(change=enter(leader), by=leader, at=NOW)


class TestOthers:
    def test_a_proof_of_nothing_is_none(self, db: None) -> None:
        with pytest.raises(WrongCredentialError, match="Type your password"):
            prove(user=make_user(password=PASSWORD), at=NOW)

    def test_a_taken_name_is_refused_at_the_first_start(self, db: None) -> None:
        make_user(username="Operator")

        with pytest.raises(RefusedError, match="taken"):
            first_start.bootstrap(
                username="operator",
                full_name="运维",
                password=PASSWORD,
                first=first_start.FirstBureau("局", "city", ()),
                on=TODAY,
                at=NOW,
            )

    def test_a_person_without_role_recovers_too(
        self, leader: Acting, reviewer: Acting
    ) -> None:
        token = recovery.issue(
            membership=leader.membership, identity_check="by sight", by=reviewer, at=NOW
        )
        later = TODAY - 5000 * DAY  # before the person had any role

        recovery.use(token=token, password=PASSWORD, on=later, at=NOW)

        assert not Notice.objects.filter(kind="recovery_used").exists()


@pytest.mark.django_db(transaction=True)
def test_an_invitation_accepted_ten_times_at_once_makes_one_account() -> None:
    plant = make_enterprise()
    leader = make_acting(Role.TEAM_LEADER, enterprise=plant)
    token = invitations.invite(person=LI, role=Role.CLERK, by=leader, at=NOW).token
    barrier = threading.Barrier(10)
    came_in: list[Membership] = []

    def accept(number: int) -> None:
        barrier.wait()
        try:
            came_in.append(
                invitations.accept_as_new(
                    token=token,
                    username=f"li{number}",
                    full_name="李强",
                    password=PASSWORD,
                    at=NOW,
                )
            )
        except RefusedError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(came_in) == 1
    assert Invitation.objects.get().accepted_as == came_in[0]
    assert Membership.objects.filter(role=Role.CLERK).count() == 1
