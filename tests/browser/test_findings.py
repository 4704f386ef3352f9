"""Pages of findings on a phone and a desk, for officers and for the enterprise."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from hazards.models import Finding
from tests.access.world import World, make_world
from tests.browser.layout import assert_fits
from tests.browser.test_hostile_texts import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def pages(world: World) -> list[tuple[str, str]]:
    """Who opens what."""
    finding = [world.finding.public_id]
    own = ["finding", "finding-assess", "finding-match", "finding-second"]
    return [
        ("inspector", reverse("findings")),
        (
            "inspector",
            reverse("finding-new", args=[world.finding.spot_check.public_id]),
        ),
        *(("inspector", reverse(name, args=finding)) for name in own),
        ("clerk", reverse("findings")),
        ("clerk", reverse("finding", args=finding)),
    ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_findings_fit_and_are_accessible(
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
        assert_fits(page)
        assert_accessible(page)
        context.close()


def test_the_two_sides_stand_beside_each_other_on_a_desk(
    browser: Browser, live_server: LiveServer
) -> None:
    world = make_world()
    context = signed_in(browser, world, "inspector", live_server.url)
    page = context.new_page()
    address = reverse("finding-match", args=[world.finding.public_id])
    for width, beside in ((1280, True), (360, False)):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(live_server.url + address)
        sides = page.locator(".sides").first.locator("> div")
        found, on_record = (sides.nth(n).bounding_box() for n in (0, 1))
        assert found is not None
        assert on_record is not None
        assert (found["y"] == on_record["y"]) is beside
    context.close()


def test_an_officer_records_a_finding_on_a_phone(
    browser: Browser, live_server: LiveServer
) -> None:
    world = make_world()
    context = signed_in(browser, world, "inspector", live_server.url)
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 780})
    check = world.finding.spot_check
    page.goto(live_server.url + reverse("finding-new", args=[check.public_id]))

    page.locator("#id_words").fill("4(1)")
    page.locator("#id_clause").select_option("order-10-2023/4(1)")
    expect(page.locator("[data-chosen]")).not_to_be_empty()
    page.locator("#id_place").fill("3号炉")
    page.locator("#id_description").fill("炉底漏水。")
    page.locator("form.on-the-spot .actions button").click()

    expect(page.locator("h1")).to_have_text("3号炉")
    assert Finding.objects.latest("id").clause == "order-10-2023/4(1)"
    context.close()
