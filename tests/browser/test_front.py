"""The way to the portal from a browser."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_browser_reaches_the_portal(page: Page) -> None:
    answer = page.goto("/livez")
    assert answer is not None
    assert answer.status == 200
    expect(page.locator("body")).to_contain_text("ok")
