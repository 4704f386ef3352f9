"""Pages of spot checks, on an officer's phone and on a desk."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from hazards.models import CheckState
from tests.access.world import World, make_world
from tests.browser.layout import assert_fits
from tests.browser.test_hostile_texts import signed_in
from tests.factories_findings import ended_check, officer_of
from tests.hazards.checks.test_corrections import ask

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def pages(world: World) -> dict[str, list[str]]:
    """The addresses by who reads them."""
    now = timezone.now()
    ended = ended_check(world.desks, at=now)
    ask(ended)
    check = {state: row.public_id for state, row in world.checks.items()}
    enterprise = world.desks.enterprise.public_id

    def act(state: CheckState, action: str) -> str:
        return reverse("check-act", args=[check[state], action])

    return {
        "inspector": [
            reverse("checks"),
            f"{reverse('check-new')}?enterprise={enterprise}",
            reverse("enterprise-scan", args=[enterprise]),
            reverse("enterprise-code", args=[enterprise]),
            reverse("desk"),
            reverse("check", args=[check[CheckState.APPROVED]]),
            act(CheckState.APPROVED, "start"),
            act(CheckState.APPROVED, "announce"),
            reverse("check", args=[check[CheckState.STARTED]]),
            act(CheckState.STARTED, "end"),
            act(CheckState.STARTED, "correct"),
            act(CheckState.STARTED, "file-opinion"),
        ],
        "head": [
            reverse("desk"),
            reverse("check", args=[ended.public_id]),
            act(CheckState.PLANNED, "approve"),
            reverse("check-act", args=[ended.public_id, "answer-correction"]),
        ],
        "principal": [
            reverse("checks"),
            reverse("check", args=[ended.public_id]),
            reverse("enterprise-code", args=[enterprise]),
        ],
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_spot_checks_fit_and_are_accessible(
    browser: Browser,
    live_server: LiveServer,
    language: str,
    assert_accessible: Callable[[Page], None],
) -> None:
    world = make_world()
    for actor, addresses in pages(world).items():
        context = signed_in(browser, world, actor, live_server.url)
        context.add_cookies(
            [{"name": "django_language", "value": language, "url": live_server.url}]
        )
        page = context.new_page()
        for address in addresses:
            page.goto(live_server.url + address)
            assert_fits(page)
            assert_accessible(page)
        context.close()


def test_an_officer_begins_at_the_entrance_without_javascript(
    browser: Browser, live_server: LiveServer
) -> None:
    world = make_world()
    check = world.checks[CheckState.APPROVED]
    officer = officer_of(check)
    assert officer.user == world.actors["inspector"].user
    cookies = signed_in(browser, world, "inspector", live_server.url).cookies()
    context = browser.new_context(locale="zh-CN", java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 780})
    scan = reverse("enterprise-scan", args=[world.desks.enterprise.public_id])
    page.goto(live_server.url + scan)
    start = reverse("check-act", args=[check.public_id, "start"])
    page.locator(f'a[href="{start}"]').click()
    page.locator('textarea[name="reason_to_go_on"]').fill("上级部署的检查。")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**{reverse('check', args=[check.public_id])}")
    check.refresh_from_db()
    assert (check.state, check.reason_to_go_on) == (
        CheckState.STARTED,
        "上级部署的检查。",
    )
    context.close()
