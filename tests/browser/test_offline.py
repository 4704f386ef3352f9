"""Without a network: kept on the device, sent once, cleared at sign-out."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from hazards.models import HazardPhoto, MajorHazard
from tests.browser.test_photos import photo
from tests.browser.test_visits import sign_in
from tests.factories_reports import Desks, make_desks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = 60_000
"""Milliseconds that photos may take to be taken in on a busy machine."""
CLAUSE = "order-10-2023/3(1)"


@pytest.fixture
def desks() -> Desks:
    return make_desks(on=timezone.localdate())


def ready(page: Page) -> None:
    """Wait until the device keeps the page for later."""
    address = reverse("hazard-report-new")
    page.goto(reverse("desk"))
    page.evaluate(
        """async (page) => {
          while (!await caches.match(new URL(page, location).href))
            await new Promise(requestAnimationFrame);
        }""",
        address,
    )


def fill(page: Page, place: str) -> None:
    page.select_option("[name=clause]", CLAUSE)
    page.fill("[name=place]", place)
    page.fill("[name=description]", "未签订安全生产管理协议即进场检修。")
    page.set_input_files("[name=photos]", [photo("现场.jpg")])


def send(page: Page) -> None:
    page.locator("form[data-offline] button.btn-primary").click()


def test_what_is_typed_without_a_network_is_sent_once_when_it_is_back(
    phone: Page, live_server: LiveServer, desks: Desks
) -> None:
    sign_in(phone, live_server, desks.clerk)
    ready(phone)
    phone.context.set_offline(True)
    # Also an address that was never kept leads to what can be done.
    phone.goto(live_server.url + reverse("hazard-report-new"))
    for place in ("2号熔炼炉炉前", "3号熔炼炉炉前"):
        fill(phone, place)
        send(phone)
        expect(phone.locator("[data-offline-bar] li").first).to_be_visible()
    expect(phone.locator("[data-offline-bar] li")).to_have_count(2, timeout=LONG)
    assert not MajorHazard.objects.exists()

    phone.context.set_offline(False)
    expect(phone.locator("[data-offline-bar] li")).to_have_count(0, timeout=LONG)
    stated = MajorHazard.objects.values_list("statements__place", flat=True)
    assert sorted(stated) == ["2号熔炼炉炉前", "3号熔炼炉炉前"]
    assert HazardPhoto.objects.count() == 2


def test_an_answer_that_is_lost_does_not_make_a_second_one(
    phone: Page, live_server: LiveServer, desks: Desks
) -> None:
    sign_in(phone, live_server, desks.clerk)
    ready(phone)
    phone.goto(live_server.url + reverse("hazard-report-new"))
    address = live_server.url + reverse("hazard-report-new")

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.fallback()

    phone.route(address, lose)
    fill(phone, "2号熔炼炉炉前")
    send(phone)
    expect(phone.locator("[data-offline-bar] li")).to_have_count(1, timeout=LONG)
    assert MajorHazard.objects.count() == 1
    phone.unroute(address)
    phone.reload()
    expect(phone.locator("[data-offline-bar] li")).to_have_count(0, timeout=LONG)
    assert MajorHazard.objects.count() == 1
    assert HazardPhoto.objects.count() == 1


def test_signing_out_clears_the_device(
    phone: Page, live_server: LiveServer, desks: Desks
) -> None:
    sign_in(phone, live_server, desks.clerk)
    ready(phone)
    phone.goto(live_server.url + reverse("hazard-report-new"))
    phone.context.set_offline(True)
    fill(phone, "2号熔炼炉炉前")
    send(phone)
    expect(phone.locator("[data-offline-bar] li")).to_have_count(1, timeout=LONG)
    # The network is back for the way out, before what is kept could be sent.
    phone.route(
        live_server.url + reverse("hazard-report-new"),
        lambda route: (
            route.abort() if route.request.method == "POST" else route.fallback()
        ),
    )
    phone.context.set_offline(False)
    phone.on("dialog", lambda dialog: dialog.accept())
    phone.evaluate(
        "(to) => document.querySelector(`form[action='${to}']`).requestSubmit()",
        reverse("account_logout"),
    )
    expect(phone.locator("body")).to_have_attribute("data-user", "")
    assert phone.evaluate("async () => (await caches.keys()).length") == 0
    assert phone.evaluate("async () => (await indexedDB.databases()).length") == 0
    assert not MajorHazard.objects.exists()
