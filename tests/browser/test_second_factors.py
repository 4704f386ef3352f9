"""
Second factors as people use them: an authenticator app and its recovery codes, and a
passkey, which the browser keeps in a virtual authenticator.
"""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from tests.browser.layout import go_on
from tests.factories import PASSWORD, make_enterprise, make_membership, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signed_in_page(phone: Page, live_server: LiveServer) -> Page:
    """A clerk's phone, signed in by password."""
    user = make_user(username="clerk", password=PASSWORD)
    make_membership(Role.CLERK, user=user, enterprise=make_enterprise())
    type_password(phone, live_server)
    phone.wait_for_url("**/desk/")
    return phone


def type_password(page: Page, server: LiveServer) -> None:
    page.goto(server.url + reverse("account_login"))
    page.locator("[name=login]").fill("clerk")
    page.locator("[name=password]").fill(PASSWORD)
    go_on(page.locator("main form [type=submit]").first)


def open_and_prove(page: Page, server: LiveServer, name: str) -> None:
    """Go to a page that asks for the password again."""
    page.goto(server.url + reverse(name))
    if "/reauthenticate/" in page.url:
        page.locator("[name=password]").fill(PASSWORD)
        go_on(page.locator("main form [type=submit]").first)
        page.wait_for_url("**" + reverse(name))


def sign_out(page: Page) -> None:
    page.locator(f"form[action='{reverse('account_logout')}'] button").click()
    page.wait_for_url("**/account/login/**")


def code_for(secret: str) -> str:
    """The code that an authenticator app shows now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return f"{hotp_value(secret, counter):06d}"


def test_a_passkey_is_added_and_asked_for_at_the_next_sign_in(
    signed_in_page: Page, live_server: LiveServer
) -> None:
    page = signed_in_page
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    browser.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    open_and_prove(page, live_server, "mfa_add_webauthn")
    page.locator("[name=name]").fill("工作手机")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(re.compile(r"/account/2fa/(?!webauthn/add)"))
    assert Authenticator.objects.filter(type="webauthn").count() == 1

    page.goto(live_server.url + reverse("desk"))
    sign_out(page)
    type_password(page, live_server)
    page.locator("#mfa_webauthn_authenticate").click()
    page.wait_for_url("**/desk/")


def test_an_authenticator_app_is_added_and_asked_for_at_the_next_sign_in(
    signed_in_page: Page, live_server: LiveServer
) -> None:
    page = signed_in_page
    open_and_prove(page, live_server, "mfa_activate_totp")
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("[name=code]").fill(code_for(secret))
    go_on(page.locator("main form [type=submit]").first)
    page.wait_for_url(re.compile(r"/account/2fa/(?!totp/activate)"))
    kinds = set(Authenticator.objects.values_list("type", flat=True))
    assert kinds == {"totp", "recovery_codes"}

    page.goto(live_server.url + reverse("desk"))
    sign_out(page)
    type_password(page, live_server)
    page.locator("[name=code]").fill("000000")
    go_on(page.locator("main form [type=submit]").first)
    expect(page.locator("main form [name=code]")).to_be_visible()
    recovery = Authenticator.objects.get(type="recovery_codes").wrap()
    page.locator("[name=code]").fill(recovery.get_unused_codes()[0])
    go_on(page.locator("main form [type=submit]").first)
    page.wait_for_url("**/desk/")
