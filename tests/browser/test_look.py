"""The frame and the pages that a stranger meets, on a phone and without a script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.layout import SMALL, assert_narrow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STRANGERS = (
    "/",
    "/account/login/",
    "/account/password/reset/",
    "/account/signup/",
    "/no/such/page/",
)


def choose(page: Page, language: str) -> None:
    page.goto("/")
    page.context.add_cookies(
        [{"name": "django_language", "value": language, "url": page.url}]
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_strangers_pages_fit_a_phone_and_are_accessible(
    phone: Page, language: str, assert_accessible: Callable[[Page], None]
) -> None:
    choose(phone, language)
    for address in STRANGERS:
        phone.goto(address)

        assert_narrow(phone)
        assert phone.evaluate(SMALL) == [], address
        expect(phone.locator("h1")).to_have_count(1)
        assert_accessible(phone)


def test_the_language_is_switched_without_a_script(plain: Page) -> None:
    plain.goto("/account/login/")
    expect(plain.locator("html")).to_have_attribute("lang", "zh-Hans")

    plain.get_by_role("button", name="English").click()

    expect(plain.locator("html")).to_have_attribute("lang", "en")
    expect(plain.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_keyboard_reaches_the_content_first(page: Page) -> None:
    page.goto("/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_print_leaves_out_the_frame(page: Page) -> None:
    page.goto("/")

    page.emulate_media(media="print")

    expect(page.locator(".site-header")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
