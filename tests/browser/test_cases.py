"""The case of a finding on a phone and a desk, for the bureau and the enterprise."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.access.world import World, make_world
from tests.browser.layout import assert_fits
from tests.browser.test_hostile_texts import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def pages(world: World) -> list[tuple[str, str]]:
    """Who opens what."""
    decided = world.decided.finding.public_id
    return [
        ("deciding", reverse("finding", args=[decided])),
        ("deciding", reverse("finding-decide", args=[decided, "principal"])),
        (
            "deciding",
            reverse("finding-answer-objection", args=[world.objection.public_id]),
        ),
        ("principal", reverse("finding", args=[decided])),
        ("clerk", reverse("finding-object", args=[decided])),
    ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_cases_fit_and_are_accessible(
    browser: Browser,
    live_server: LiveServer,
    language: str,
    assert_accessible: Callable[[Page], None],
) -> None:
    world = make_world()
    for reader, address in pages(world):
        context = signed_in(browser, world, reader, live_server.url)
        context.add_cookies(
            [{"name": "django_language", "value": language, "url": live_server.url}]
        )
        page = context.new_page()
        page.goto(live_server.url + address)
        for fold in page.locator("main details").all():
            fold.evaluate("fold => fold.open = true")
        assert_fits(page)
        assert_accessible(page)
        context.close()
