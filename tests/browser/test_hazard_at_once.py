"""A hazard reported from the shop floor: how much is entered, counted on a phone."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import FilePayload, Page
from pytest_django.live_server_helper import LiveServer

from hazards.models import HazardState, ReportStatus, SelfInspectionReport
from tests.browser.layout import assert_narrow
from tests.browser.test_filing_effort import Filer
from tests.browser.test_visits import sign_in
from tests.factories_reports import Desks, make_desks
from tests.hazards.attachments.files import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHOTO: FilePayload = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()}
MOST = 12


@pytest.fixture
def seats() -> Desks:
    return make_desks(on=timezone.localdate())


def controls(page: Page) -> int:
    """Everything on the page that asks to be filled, but what adds a photo more."""
    asked = "form.on-the-spot :is(input:not([type=hidden]), select, textarea):visible"
    return page.locator(asked).count()


def fill_first_page(filer: Filer, *, find: Callable[[], None]) -> None:
    filer.follow("Report a major hazard now")
    filer.arrive("Report a major hazard now")
    filer.fill("Find the clause by words or number", "safety contractor")
    find()
    filer.choose("Clause that describes it", "order-10-2023/3(1)")
    filer.fill("Exact place or equipment", "Furnace 2")
    filer.fill("What is wrong", "No agreement with the contractor")
    filer.page.get_by_label("Photos of it").set_input_files(PHOTO)
    filer.inputs.append("photo")


def test_it_is_at_most_twelve_inputs_on_two_pages(
    phone: Page,
    live_server: LiveServer,
    seats: Desks,
    assert_accessible: Callable[[Page], None],
) -> None:
    sign_in(phone, live_server, seats.clerk)
    phone.goto(live_server.url + reverse("desk"))
    filer = Filer(phone, assert_accessible)

    def narrowed() -> None:
        clause = phone.get_by_label("Clause that describes it")
        # The one that has all the words, and none chosen.
        assert clause.locator("option").count() == 2

    fill_first_page(filer, find=narrowed)
    asked = controls(phone)
    filer.press("Save and go on")
    filer.arrive("Why it is so, and what is done at once")
    asked += controls(phone)
    for label in (
        "How it came about",
        "What harm it can do, and to whom",
        "How hard it is to put right",
        "Interim measures: what is done until it is eliminated",
    ):
        filer.fill(label, "In words")
    assert phone.locator("[data-photo-list] img").count() == 1
    filer.press("Send to the principal")
    phone.get_by_text("It is filed once signed").wait_for()

    # Day, time and site need no touch where what is proposed is right.
    assert asked <= MOST, asked
    assert len(filer.inputs) <= MOST, filer.inputs
    assert len(filer.pages) <= 2, filer.pages
    report = SelfInspectionReport.objects.get()
    assert report.status == ReportStatus.AWAITING_SIGNATURE
    assert report.hazard is not None
    assert report.hazard.state == HazardState.REGISTERED
    stated = report.versions.get().stated.get()
    assert (stated.site, stated.harm) == (seats.site, "In words")


def test_a_photo_that_is_refused_is_named_on_the_page_that_opens(
    phone: Page, live_server: LiveServer, seats: Desks
) -> None:
    sign_in(phone, live_server, seats.clerk)
    phone.goto(live_server.url + reverse("desk"))
    filer = Filer(phone, lambda _page: None)
    fill_first_page(filer, find=lambda: None)
    phone.get_by_label("Photos of it").set_input_files(
        {"name": "fake.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    )

    filer.press("Save and go on")

    phone.get_by_text("fake.jpg:").wait_for()
    assert SelfInspectionReport.objects.get().versions.get().photos.count() == 0


def test_buttons_are_as_large_as_a_gloved_thumb(
    phone: Page, live_server: LiveServer, seats: Desks
) -> None:
    sign_in(phone, live_server, seats.clerk)
    phone.goto(live_server.url + reverse("hazard-report-new"))
    for box in phone.locator(
        "form.on-the-spot :is(input:not([type=hidden]), select, textarea, button)"
        ":visible"
    ).all():
        size = box.bounding_box()
        assert size is not None
        assert size["height"] >= 44, box.evaluate("one => one.outerHTML")
    camera = phone.get_by_label("Photos of it")
    assert camera.get_attribute("capture") == "environment"
    assert_narrow(phone)


def test_it_works_without_a_script(
    plain: Page, live_server: LiveServer, seats: Desks
) -> None:
    sign_in(plain, live_server, seats.clerk)
    plain.goto(live_server.url + reverse("desk"))
    filer = Filer(plain, lambda _page: None)
    plain.set_viewport_size({"width": 360, "height": 780})

    def asked_for() -> None:
        filer.press("Show matching clauses")
        clause = plain.get_by_label("Clause that describes it")
        # The one that has all the words, and none chosen.
        assert clause.locator("option").count() == 2

    fill_first_page(filer, find=asked_for)
    filer.press("Save and go on")
    plain.get_by_role("heading", name="Why it is so").wait_for()
    report = SelfInspectionReport.objects.get()
    assert report.versions.get().photos.count() == 1
    assert report.versions.get().stated.get().place == "Furnace 2"
