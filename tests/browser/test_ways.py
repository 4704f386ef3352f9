"""The ways in which a person is told, added on a phone and without a script."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Acting, Delivery, OutsideAddress, Role, User
from tests.browser.layout import assert_narrow, go_on
from tests.browser.test_visits import sign_in
from tests.factories import PASSWORD, make_acting, make_enterprise

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_robot_is_added_tried_and_removed(
    phone: Page,
    live_server: LiveServer,
    assert_accessible: Callable[[Page], None],
    language: str,
) -> None:
    by = _leader()
    sign_in(phone, live_server, by)
    spoken = {"name": "django_language", "value": language, "url": live_server.url}
    phone.context.add_cookies([spoken])  # type: ignore[list-item]

    def looks_right(name: str) -> None:
        assert_narrow(phone)
        assert_accessible(phone)

    phone.goto("/profile/addresses/new/")
    looks_right("address-new")
    phone.locator("[name=kind]").select_option("wecom")
    phone.locator("[name=label]").fill("安全组")
    phone.locator("[name=url]").fill("https://10.0.0.1/cgi-bin/webhook/send?key=1")
    phone.locator("[name=password]").fill(PASSWORD)
    go_on(phone.locator("main form button[type=submit]"))
    # Refused, and what was typed stays.
    expect(phone.locator("[name=label]")).to_have_value("安全组")
    looks_right("address-refused")
    _add_robot(by.user)
    phone.goto("/profile/")
    looks_right("profile")
    go_on(phone.locator("form[action$='/test/'] button"))
    Delivery.objects.filter(channel="wecom").update(state="parked", trouble="refused")
    phone.goto("/notices/")
    looks_right("notices")
    go_on(phone.locator("main li a").first)
    looks_right("notice")
    phone.goto("/people/")
    looks_right("people")
    phone.goto("/profile/")
    go_on(phone.locator("form[action$='/remove/'] button"))
    expect(phone.locator("form[action$='/remove/']")).to_have_count(0)


def _leader() -> Acting:
    by = make_acting(
        Role.TEAM_LEADER, enterprise=make_enterprise(), on=timezone.localdate()
    )
    by.user.set_password(PASSWORD)
    by.user.save()
    return by


def _add_robot(user: User) -> None:
    """As the profile does; the services themselves are not there in a test."""
    OutsideAddress.objects.create(
        user=user,
        kind="wecom",
        url="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-ab12",
        label="安全组",
        added_at=timezone.now(),
    )
