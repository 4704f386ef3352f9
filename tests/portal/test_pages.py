"""The frame around every page: language, role, demo, refusals, account pages."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from accounts.models import Acting, Enterprise, Membership, Role, User
from portal.views import refusal, server_error

NOW = dt.datetime(2026, 10, 1, 2, 0, tzinfo=dt.UTC)
ACCOUNT_PAGES = (
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_list_webauthn",
)


def body(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def signed_in(client: Client) -> Client:
    user = User(username="lina", full_name="李娜", joined_at=NOW)
    user.set_password("not-used-in-this-test")
    user.save()
    client.force_login(user)
    return client


def acting(*held: tuple[Role, str]) -> Acting:
    memberships = tuple(
        Membership(pk=number, role=role, user=User(), enterprise=Enterprise(name=name))
        for number, (role, name) in enumerate(held, start=1)
    )
    return Acting(membership=memberships[0], on=NOW.date(), others=memberships)


def page_for(person: Acting | None) -> str:
    """A page of the frame as this person sees it."""
    request = RequestFactory().get("/somewhere/")
    user = SimpleNamespace(is_authenticated=True, full_name="李娜")
    vars(request).update(user=user, session={}, acting=person)
    with translation.override("en"):
        return body(refusal(request, status=409, reason="Not now."))


@pytest.mark.django_db
class TestLanguage:
    def test_a_stranger_reads_chinese_first(self, client: Client) -> None:
        shown = body(client.get("/"))

        assert '<html lang="zh-Hans">' in shown
        assert "重大事故隐患自查自报" in shown

    def test_the_reader_switches_and_stays_on_the_page(self, client: Client) -> None:
        login = reverse("account_login")

        answer = client.post(reverse("set_language"), {"language": "en", "next": login})

        assert answer.headers["Location"] == login
        shown = body(client.get(login))
        assert '<html lang="en">' in shown
        assert "Username or mobile number" in shown


class TestActing:
    def test_the_organisation_and_the_role_are_always_in_sight(self) -> None:
        shown = page_for(acting((Role.CLERK, "Plant")))

        assert "<strong>Plant</strong>" in shown
        assert "clerk" in shown
        assert 'name="membership"' not in shown

    def test_who_holds_several_roles_can_switch_without_a_script(self) -> None:
        person = acting((Role.CLERK, "Plant"), (Role.PRINCIPAL, "Mill"))

        shown = page_for(person)

        for held in person.others:
            assert f'name="membership" value="{held.public_id}"' in shown

    def test_who_holds_no_role_sees_none(self) -> None:
        assert "acting-bar" not in page_for(None)


class TestRefusal:
    def test_says_what_is_wrong_and_leads_back(self) -> None:
        shown = page_for(acting((Role.CLERK, "Plant")))

        assert "Not possible as things stand" in shown
        assert "Not now." in shown
        assert 'href="/"' in shown

    def test_a_failure_asks_neither_session_nor_database(self) -> None:
        # No session, no user, and no database mark on this test.
        shown = body(server_error(RequestFactory().get("/")))

        assert "500" in shown
        assert "<h1>" in shown

    @pytest.mark.django_db
    def test_a_lost_reader_gets_the_same_frame(self, client: Client) -> None:
        answer = client.get("/no/such/page/")

        assert answer.status_code == 404
        assert "site-header" in body(answer)


@pytest.mark.django_db
class TestAccountPages:
    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    @pytest.mark.parametrize("name", ACCOUNT_PAGES)
    def test_wear_the_portals_look(
        self, signed_in: Client, name: str, language: str
    ) -> None:
        signed_in.cookies["django_language"] = language

        shown = body(signed_in.get(reverse(name)))

        assert "site-header" in shown
        assert shown.count("<h1") == 1

    def test_sign_in_asks_for_name_or_number(self, client: Client) -> None:
        assert "用户名或手机号码" in body(client.get(reverse("account_login")))

    def test_wrong_password_is_said_in_words(self, client: Client) -> None:
        answer = client.post(
            reverse("account_login"), {"login": "nobody", "password": "wrong"}
        )

        assert "notice-error" in body(answer)

    def test_nobody_signs_up(self, client: Client) -> None:
        shown = body(client.get(reverse("account_signup")))

        assert "password1" not in shown
        assert "不开放注册" in shown


class TestDemoBand:
    def test_stands_on_every_page_of_the_demo_and_only_there(
        self, settings: Any
    ) -> None:
        settings.DEMO = True
        assert "demo-band" in page_for(None)

        settings.DEMO = False
        assert "demo-band" not in page_for(None)


@pytest.mark.django_db
def test_the_address_of_a_button_typed_by_hand_is_answered_with_a_page(
    signed_in: Client,
) -> None:
    response = signed_in.get(reverse("notices-read"), headers={"accept-language": "en"})
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "press its button again" in body(response)
