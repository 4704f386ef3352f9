"""The pages about people, as they answer."""

import re
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import (
    Acting,
    Enterprise,
    Invitation,
    Membership,
    PrincipalChange,
    Role,
    User,
)
from tests.database.stages import stage
from tests.factories import (
    PASSWORD,
    make_acting,
    make_bureau,
    make_enterprise,
    make_membership,
    make_user,
    queries_of,
    signed_in,
    stranger,
)

LI = {"role": "clerk", "full_name": "李强", "mobile": "13811112222"}
NEW = {
    "username": "liqiang",
    "full_name": "李强",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


@stage
def plant(db: None) -> Enterprise:
    return make_enterprise()


@stage
def leader(plant: Enterprise) -> Acting:
    return make_acting(Role.TEAM_LEADER, enterprise=plant)


@stage
def reviewer(plant: Enterprise) -> Acting:
    return make_acting(Role.REVIEWER, bureau=plant.assignments.get().bureau)


def link_on(page: Any) -> str:
    found = re.search(r">http://testserver(/[^<]+)</textarea>", page.content.decode())
    assert found
    return found[1]


class TestPeople:
    def test_warns_when_fewer_than_two_can_write(self, leader: Acting) -> None:
        page = signed_in(leader).get(reverse("people"))
        assert "Fewer than two people can write" in page.content.decode()

        make_membership(Role.CLERK, enterprise=leader.enterprise)

        page = signed_in(leader).get(reverse("people"))
        assert "Fewer than two people can write" not in page.content.decode()

    def test_is_for_those_who_answer_for_people(self, plant: Enterprise) -> None:
        clerk = make_acting(Role.CLERK, enterprise=plant)

        assert signed_in(clerk).get(reverse("people")).status_code == 403

    def test_takes_as_many_queries_for_thirty_as_for_three(
        self, leader: Acting
    ) -> None:
        client, url = signed_in(leader), reverse("people")
        taken = []
        for number in (3, 27):
            for _ in range(number):
                make_membership(Role.CLERK, enterprise=leader.enterprise)
            taken.append(queries_of(client, url))

        assert taken[0] == taken[1] <= 15


class TestInvite:
    def test_shows_the_link_which_lets_a_new_person_in(self, leader: Acting) -> None:
        page = signed_in(leader).post(reverse("invite"), LI)
        link = link_on(page)

        newcomer = stranger()
        welcome = newcomer.get(link, headers={"accept-language": "en"})
        assert "as clerk" in welcome.content.decode()
        newcomer.post(link, NEW)

        membership = Membership.objects.get(user__username="liqiang")
        assert membership.enterprise == leader.enterprise

    def test_keeps_what_was_typed_beside_the_error(self, leader: Acting) -> None:
        link = link_on(signed_in(leader).post(reverse("invite"), LI))

        page = stranger().post(
            link, {**NEW, "username": "12345", "password2": "different"}
        )

        form = page.context["form"]
        assert set(form.errors) == {"username", "password2"}
        assert 'value="12345"' in page.content.decode()

    @pytest.mark.parametrize(
        "weak", ["short", "password123", "1234567890123", "liqiang"]
    )
    def test_refuses_a_weak_password(self, leader: Acting, weak: str) -> None:
        link = link_on(signed_in(leader).post(reverse("invite"), LI))

        page = stranger().post(link, {**NEW, "password1": weak, "password2": weak})

        assert "password1" in page.context["form"].errors

    def test_asks_for_a_way_to_reach_the_person(self, leader: Acting) -> None:
        page = signed_in(leader).post(reverse("invite"), {**LI, "mobile": ""})

        assert "mobile" in page.context["form"].errors

    def test_refuses_a_role_that_is_not_offered(self, leader: Acting) -> None:
        answer = signed_in(leader).post(reverse("invite"), {**LI, "role": "principal"})

        assert answer.status_code == 403
        assert not Invitation.objects.exists()

    def test_sent_twice_is_one_invitation(self, leader: Acting) -> None:
        client = signed_in(leader)
        for _ in range(3):
            client.post(reverse("invite"), LI)

        assert Invitation.objects.count() == 1

    def test_fields_that_are_not_asked_for_change_nothing(self, leader: Acting) -> None:
        other = make_enterprise()
        signed_in(leader).post(
            reverse("invite"),
            {
                **LI,
                "enterprise": other.pk,
                "enterprise_id": other.pk,
                "bureau": 1,
                "starts_on": "2020-01-01",
                "accepted_at": "2026-01-01",
                "times_sent": 9,
            },
        )

        row = Invitation.objects.get()
        assert (row.enterprise, row.bureau) == (leader.enterprise, None)
        assert (row.accepted_at, row.times_sent) == (None, 1)

    def test_into_a_bureau_comes_from_the_operator_and_names_it(self, db: None) -> None:
        bureau = make_bureau()
        signed_in(make_acting(Role.OPERATOR)).post(
            reverse("invite"),
            {**LI, "role": "bureau_head", "bureau": bureau.public_id},
        )

        assert Invitation.objects.get().bureau == bureau

    def test_an_inspector_needs_a_certificate_number(self, db: None) -> None:
        head = make_acting(Role.BUREAU_HEAD, bureau=make_bureau())

        page = signed_in(head).post(reverse("invite"), {**LI, "role": "inspector"})

        assert "certificate_number" in page.context["form"].errors

    def test_another_enterprise_cannot_touch_it(self, leader: Acting) -> None:
        signed_in(leader).post(reverse("invite"), LI)
        stranger = make_acting(Role.TEAM_LEADER, enterprise=make_enterprise())

        for name in ("invitation-repeat", "invitation-withdraw"):
            url = reverse(name, args=[Invitation.objects.get().public_id])
            assert signed_in(stranger).post(url).status_code == 404

    def test_can_be_repeated_and_withdrawn(self, leader: Acting) -> None:
        client = signed_in(leader)
        first = link_on(client.post(reverse("invite"), LI))
        public_id = Invitation.objects.get().public_id

        second = link_on(client.post(reverse("invitation-repeat", args=[public_id])))

        assert stranger().get(first).status_code == 409
        assert stranger().get(second).status_code == 200
        client.post(reverse("invitation-withdraw", args=[public_id]))
        assert stranger().get(second).status_code == 409

    def test_is_accepted_by_the_right_account_when_signed_in(
        self, leader: Acting
    ) -> None:
        link = link_on(signed_in(leader).post(reverse("invite"), LI))
        other, li = make_user(), make_user(mobile="13811112222")

        refused = signed_in(other).post(link)
        assert refused.status_code == 409
        assert "another mobile number" in refused.content.decode()

        client = signed_in(li)
        assert client.post(link).status_code == 302
        assert client.get(reverse("profile")).context["acting"].role == Role.CLERK


class TestSwitching:
    def test_acts_under_another_of_ones_own_memberships(self, leader: Acting) -> None:
        second = make_membership(
            Role.CLERK, user=leader.user, enterprise=make_enterprise()
        )
        client = signed_in(leader)

        client.post(reverse("switch-membership"), {"membership": second.public_id})

        acting = client.get(reverse("profile")).context["acting"]
        assert acting.membership == second

    def test_never_under_somebody_elses(self, leader: Acting) -> None:
        theirs = make_membership(Role.CLERK, enterprise=leader.enterprise)
        client = signed_in(leader)

        for value in (str(theirs.public_id), "nonsense", ""):
            answer = client.post(reverse("switch-membership"), {"membership": value})
            assert answer.status_code == 404


class TestProfile:
    FORM = {
        "full_name": "王伟",
        "language": "en",
        "email": "",
        "mobile": "13812345678",
    }

    def test_changes_name_and_language_and_nothing_else(self, db: None) -> None:
        user = make_user(mobile="13812345678", language="zh-hans")

        answer = signed_in(user).post(
            reverse("profile"),
            {**self.FORM, "username": "root", "is_active": "", "sessions_epoch": 9},
        )

        assert answer.cookies["django_language"].value == "en"
        changed = User.objects.get(pk=user.pk)
        assert (changed.full_name, changed.language) == ("王伟", "en")
        assert (changed.username, changed.sessions_epoch) == (user.username, 0)

    def test_a_new_number_takes_the_present_password(self, db: None) -> None:
        user = make_user(mobile="13800000000", password=PASSWORD)
        client = signed_in(user)

        page = client.post(reverse("profile"), {**self.FORM, "password": "wrong"})
        assert "password" in page.context["form"].errors

        client.post(reverse("profile"), {**self.FORM, "password": PASSWORD})
        user.refresh_from_db()
        assert user.mobile == "13812345678"

    def test_a_number_of_another_account_is_refused(self, db: None) -> None:
        make_user(mobile="13812345678")
        user = make_user(password=PASSWORD)

        page = signed_in(user).post(
            reverse("profile"), {**self.FORM, "password": PASSWORD}
        )

        assert "Another account" in str(page.context["form"].errors)


class TestEnding:
    def test_asks_and_ends(self, leader: Acting) -> None:
        clerk = make_membership(Role.CLERK, enterprise=leader.enterprise)
        url = reverse("membership-end", args=[clerk.public_id])
        client = signed_in(leader)
        assert client.get(url).status_code == 200

        client.post(url, {"at_once": "on"})

        clerk.refresh_from_db()
        assert clerk.ends_on is not None

    def test_a_stranger_does_not_find_it(self, leader: Acting) -> None:
        clerk = make_membership(Role.CLERK, enterprise=make_enterprise())

        url = reverse("membership-end", args=[clerk.public_id])
        assert signed_in(leader).post(url).status_code == 404


class TestRecovery:
    def test_opening_the_link_changes_nothing_and_posting_does(
        self, leader: Acting, reviewer: Acting
    ) -> None:
        url = reverse("recovery-issue", args=[leader.membership.public_id])
        elsewhere = signed_in(leader)
        page = signed_in(reviewer).post(url, {"identity_check": "identity card"})
        link = link_on(page)

        before = User.objects.values().get(pk=leader.user.pk)
        assert stranger().get(link).status_code == 200
        assert User.objects.values().get(pk=leader.user.pk) == before

        new = {"password1": PASSWORD, "password2": PASSWORD}
        answer = stranger().post(link, new)

        assert answer["Location"] == reverse("account_login")
        assert elsewhere.get(reverse("profile")).status_code == 302
        assert stranger().get(link).status_code == 409

    def test_is_not_for_the_enterprise_itself(self, leader: Acting) -> None:
        clerk = make_membership(Role.CLERK, enterprise=leader.enterprise)

        url = reverse("recovery-issue", args=[clerk.public_id])
        assert signed_in(leader).get(url).status_code == 403


class TestPrincipalChange:
    FORM = {
        "full_name": "李强",
        "mobile": "13811112222",
        "takes_office_on": "2026-04-12",
        "reason": "董事会任命",
    }

    def test_goes_from_the_enterprise_to_the_bureau(
        self, leader: Acting, reviewer: Acting
    ) -> None:
        client = signed_in(leader)
        client.post(reverse("principal-change"), self.FORM)
        change = PrincipalChange.objects.get()
        assert "李强" in client.get(reverse("principal-change")).content.decode()

        page = signed_in(reviewer).post(
            reverse("principal-change-acknowledge", args=[change.public_id])
        )

        assert "/welcome/" in link_on(page)

    def test_the_enterprise_withdraws_but_does_not_acknowledge(
        self, leader: Acting
    ) -> None:
        client = signed_in(leader)
        client.post(reverse("principal-change"), self.FORM)
        args = [PrincipalChange.objects.get().public_id]

        answer = client.post(reverse("principal-change-acknowledge", args=args))
        assert answer.status_code == 403
        client.post(reverse("principal-change-withdraw", args=args))

        assert PrincipalChange.objects.get().withdrawn_at is not None

    def test_a_refusal_asks_for_its_reason_and_reaches_the_enterprise(
        self, leader: Acting, reviewer: Acting
    ) -> None:
        team, bureau = signed_in(leader), signed_in(reviewer)
        team.post(reverse("principal-change"), self.FORM)
        change = PrincipalChange.objects.get()
        refuse = reverse("principal-change-refuse", args=[change.public_id])

        short = bureau.post(refuse, {"reason": "不行"})

        assert "不行</textarea>" in short.content.decode()
        assert short.context["refuse_form"].errors["reason"]
        assert PrincipalChange.objects.get().withdrawn_at is None
        bureau.post(refuse, {"reason": "任命文件未盖章"})
        assert PrincipalChange.objects.get().withdrawn_at is not None
        page = team.get(reverse("principal-change")).content.decode()
        assert "任命文件未盖章" in page

    def test_a_bureau_enters_none(self, reviewer: Acting) -> None:
        assert signed_in(reviewer).get(reverse("principal-change")).status_code == 403
