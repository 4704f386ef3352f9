"""Pages of what a bureau does about a hazard, on a phone and a desk."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from hazards.models import MajorHazard
from tests.access.world import World, make_world
from tests.browser.layout import assert_fits
from tests.browser.test_hostile_texts import signed_in
from tests.factories import NOW
from tests.factories_lives import planned_hazard
from tests.hazards.office.walks import DAY, accept, apply, downgrade, list_at, order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def walk(world: World) -> dict[str, MajorHazard]:
    """The hazard to whose page each kind of act belongs."""
    desks = world.desks
    ordered = planned_hazard(desks, at=NOW + DAY)
    order(
        ordered,
        desks.reviewer,
        at=NOW + DAY,
        stop="whole",
        document_number="（开）应急现决〔2026〕12号",
    )
    list_at(ordered, "county", desks.reviewer, at=NOW + DAY)
    waiting = planned_hazard(desks, at=NOW + 2 * DAY)
    order(waiting, desks.head, at=NOW + 2 * DAY, stop="part")
    accept(waiting, desks, at=NOW + 3 * DAY)
    apply(waiting, desks, at=NOW + 3 * DAY, resumes=True)
    graded = planned_hazard(desks, at=NOW + 4 * DAY)
    downgrade(graded, desks.clerk, at=NOW + 4 * DAY)
    accepted = planned_hazard(desks, at=NOW + 5 * DAY)
    accept(accepted, desks, at=NOW + 6 * DAY)
    return {
        "order": ordered,
        "lift-order": ordered,
        "delist": ordered,
        "list": world.planned,
        "void": world.planned,
        "hand-over": world.planned,
        "downgrade": world.planned,
        "grade-major": graded,
        "order-recheck": accepted,
        "pass-recheck": waiting,
        "fail-recheck": waiting,
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_an_offices_acts_fit_and_are_accessible(
    browser: Browser,
    live_server: LiveServer,
    language: str,
    assert_accessible: Callable[[Page], None],
) -> None:
    world = make_world()
    hazards = walk(world)
    context = signed_in(browser, world, "reviewer", live_server.url)
    context.add_cookies(
        [{"name": "django_language", "value": language, "url": live_server.url}]
    )
    page = context.new_page()
    for kind, hazard in hazards.items():
        address = reverse("hazard-act", args=[hazard.public_id, kind])
        page.goto(live_server.url + address)
        assert_fits(page)
        assert_accessible(page)
    context.close()
