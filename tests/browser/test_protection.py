"""Before anyone comes: cards, what-ifs and what to look at again, on a phone."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.test_receipts import Walk
from tests.factories_lives import (
    accepted_hazard,
    plan_for,
    planned_hazard,
    reported_hazard,
    send_and_sign,
)
from tests.factories_reports import make_desks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_is_said_before_anyone_comes_fits_a_phone_and_is_accessible(
    phone: Page,
    live_server: LiveServer,
    assert_accessible: Callable[[Page], None],
    language: str,
) -> None:
    now, today = timezone.now(), timezone.localdate()
    seats = make_desks(on=today)
    late = planned_hazard(seats, at=now - 20 * DAY, due_on=today - 2 * DAY)
    reported_hazard(seats, at=now - 3 * DAY, place="焊接车间")
    hazard = reported_hazard(seats, at=now - 5 * DAY, found_at=now - 5 * DAY - HOUR)
    plan = plan_for(hazard, seats, at=now - 4 * DAY, due_on=today + 9 * DAY)
    send_and_sign(plan, seats, at=now - 4 * DAY)
    accepted_hazard(seats, at=now - 2 * DAY, due_on=today + 9 * DAY)
    walk = Walk(phone, live_server, assert_accessible)

    def look(address: str) -> None:
        phone.goto(f"{live_server.url}{address}")
        for fold in phone.locator("main details").all():
            fold.evaluate("fold => { fold.open = true }")
        walk.look()

    asked = f"{reverse('what-if')}?clause=order-10-2023/3(1)"
    walk.sit_down(seats.principal, language)
    for address in (
        reverse("desk"),
        reverse("protection"),
        reverse("hazard", args=[late.public_id]),
        reverse("what-if"),
        f"{reverse('what-if')}?clause=never&site=never",
        asked,
        f"{asked}&hazard=none",
    ):
        look(address)
    walk.sit_down(seats.reviewer, language)
    of_it = f"enterprise={seats.enterprise.public_id}"
    for address in (
        reverse("what-if"),
        f"{reverse('protection')}?{of_it}",
        f"{asked}&{of_it}",
        reverse("recheck-candidates"),
        f"{reverse('recheck-candidates')}?tab=done&name=none",
    ):
        look(address)
