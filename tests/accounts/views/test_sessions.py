"""# S13: what ends a session, and what it must not survive."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse

from accounts.models import Delivery, Role
from accounts.services import memberships, notices
from hazards import tasks
from tests.factories import (
    NOW,
    PASSWORD,
    make_acting,
    make_bureau,
    make_membership,
    make_user,
    signed_in,
    stranger,
)

NEW = "another good password"


def is_in(client: Any) -> bool:
    return bool(client.get(reverse("profile")).status_code == 200)


@pytest.mark.django_db
class TestSessions:
    def test_a_changed_password_ends_all_of_them(self) -> None:
        user = make_user(password=PASSWORD)
        elsewhere = signed_in(user)
        here = stranger()
        here.post(
            reverse("account_login"), {"login": user.username, "password": PASSWORD}
        )
        assert is_in(here)

        here.post(
            reverse("account_change_password"),
            {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
        )

        user.refresh_from_db()
        assert user.check_password(NEW)
        assert not is_in(elsewhere)
        assert not is_in(here)

    def test_a_closed_account_ends_them(self) -> None:
        user = make_user()
        client = signed_in(user)

        memberships.disable(
            user=user, reason="left", by=make_acting(Role.OPERATOR), at=NOW
        )

        assert not is_in(client)

    def test_an_ended_role_stops_though_the_session_goes_on(self) -> None:
        head = make_acting(Role.BUREAU_HEAD, bureau=make_bureau())
        client = signed_in(head)
        assert client.get(reverse("people")).status_code == 200

        memberships.end(
            membership=head.membership,
            by=make_acting(Role.OPERATOR),
            at=NOW,
            at_once=True,
        )

        assert client.get(reverse("people")).status_code == 403
        assert is_in(client)

    def test_idle_too_long_they_are_over(self) -> None:
        client = signed_in(make_user())
        assert is_in(client)
        age = client.session.get_expiry_age()
        assert 0 < age <= settings.SESSION_COOKIE_AGE

        row = Session.objects.get()
        row.expire_date = NOW
        row.save()

        assert not is_in(client)

    def test_a_second_membership_does_not_lend_its_rights_to_the_first(self) -> None:
        head = make_acting(Role.BUREAU_HEAD, bureau=make_bureau())
        make_membership(Role.TOWNSHIP_ASSISTANT, user=head.user, bureau=make_bureau())
        client = signed_in(head)
        second = head.user.memberships.get(role=Role.TOWNSHIP_ASSISTANT)

        client.post(reverse("switch-membership"), {"membership": second.public_id})

        assert client.get(reverse("people")).status_code == 403


@pytest.mark.django_db
def test_the_job_sends_what_waits(mailoutbox: list[Any]) -> None:
    notices.tell(
        kind="recovery_used",
        cause="test",
        recipients=[make_user(email="a@b.example")],
        at=NOW,
        parameters={"full_name": "x"},
    )

    tasks.deliver_notices()
    tasks.deliver_notices()

    assert len(mailoutbox) == 1
    assert Delivery.objects.get(channel="email").state == "sent"
