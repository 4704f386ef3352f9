"""Pages of acts about a hazard, on a phone and a desk, in both languages."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.access.world import World, make_world
from tests.browser.layout import assert_fits
from tests.browser.test_hostile_texts import signed_in
from tests.hazards.attachments.files import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ACTS = {
    "clerk": [
        ("planned", "progress"),
        ("planned", "tell"),
        ("planned", "ask-extension"),
        ("planned", "record-acceptance"),
        ("accepted", "apply-for-recheck"),
    ],
    "principal": [
        ("waiting", "answer-extension"),
        ("waiting", "confirm-acceptance"),
        ("waiting", "return-acceptance"),
        ("accepted", "close"),
    ],
}


def address(world: World, hazard: str, kind: str) -> str:
    return reverse("hazard-act", args=[getattr(world, hazard).public_id, kind])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_acts_fit_and_are_accessible(
    browser: Browser,
    live_server: LiveServer,
    language: str,
    assert_accessible: Callable[[Page], None],
) -> None:
    world = make_world()
    for reader, acts in ACTS.items():
        context = signed_in(browser, world, reader, live_server.url)
        context.add_cookies(
            [{"name": "django_language", "value": language, "url": live_server.url}]
        )
        page = context.new_page()
        for hazard, kind in acts:
            page.goto(live_server.url + address(world, hazard, kind))
            assert_fits(page)
            assert_accessible(page)
        context.close()


def test_a_photo_chosen_without_a_script_outlives_a_wrong_form(
    plain: Page, live_server: LiveServer
) -> None:
    world = make_world()
    client = Client()
    client.force_login(world.desks.clerk.user)
    name = settings.SESSION_COOKIE_NAME
    plain.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
    )
    plain.goto(live_server.url + address(world, "planned", "progress"))
    plain.locator("#id_text").fill("更换阀门。")
    plain.locator("#id_funds_spent").fill("-1")
    plain.locator("#id_after").set_input_files(
        {
            "name": "整改后.jpg",
            "mimeType": "image/jpeg",
            "buffer": picture(size=(90, 60)),
        }
    )
    plain.locator("main form button[type=submit]").click()
    expect(plain.locator("input[name=kept]")).to_be_checked()
    expect(plain.locator("#id_text")).to_have_value("更换阀门。")

    plain.locator("#id_funds_spent").fill("1.5")
    plain.locator("main form button[type=submit]").click()

    expect(plain).to_have_url(
        live_server.url + reverse("hazard", args=[world.planned.public_id])
    )
    act = world.planned.acts.get(kind="progress")
    assert act.files.get().attachment.original_name == "整改后.jpg"
