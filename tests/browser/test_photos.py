"""Photos from a phone: saved when the server says so, and not before."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from hazards.models import Attachment, HazardStatement
from hazards.rules.quarters import Quarter
from hazards.services import hazards, reports
from tests.browser.layout import assert_narrow
from tests.browser.test_visits import sign_in
from tests.factories_reports import Desks, make_description, make_desks
from tests.hazards.attachments.files import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desks() -> Desks:
    return make_desks(on=timezone.localdate())


def describe(desks: Desks) -> HazardStatement:
    """A hazard in the report of the quarter that runs."""
    at = timezone.now()
    report = reports.start(
        quarter=Quarter.containing(timezone.localdate()), by=desks.clerk, at=at
    )
    return hazards.describe(
        report_id=report.pk,
        description=make_description(desks),
        by=desks.clerk,
        at=at,
    )


def page_of(stated: HazardStatement) -> str:
    return reverse(
        "report-hazard",
        args=[stated.version.report.public_id, stated.hazard.public_id],
    )


def photo(name: str, width: int = 800) -> FilePayload:
    return {
        "name": name,
        "mimeType": "image/jpeg",
        "buffer": picture(size=(width, 600)),
    }


def test_a_photo_is_saved_once_the_server_has_it(
    phone: Page,
    live_server: LiveServer,
    desks: Desks,
    assert_accessible: Callable[[Page], None],
) -> None:
    stated = describe(desks)
    sign_in(phone, live_server, desks.clerk)
    phone.goto(live_server.url + page_of(stated))
    lost = 0

    def lose(route: Route) -> None:
        nonlocal lost
        lost += 1
        route.abort() if lost == 2 else route.continue_()

    phone.route("**/photos/", lose)
    phone.get_by_label("Add photos, or a PDF").set_input_files(
        [photo("first.jpg"), photo("second.jpg", 700), photo("third.svg", 600)]
    )

    # The second was lost on the way, and says so; the others are saved.
    waiting = phone.locator(".photo-waiting")
    expect(phone.locator(".photo[data-sha256]")).to_have_count(2)
    expect(waiting).to_have_count(1)
    expect(waiting).to_contain_text("second.jpg")
    expect(waiting).to_contain_text("Not saved")
    assert Attachment.objects.count() == 2
    assert_narrow(phone)
    assert_accessible(phone)

    waiting.get_by_role("button", name="Try again").click()
    expect(phone.locator(".photo[data-sha256]")).to_have_count(3)
    expect(waiting).to_have_count(0)
    shown = {
        item.get_attribute("data-sha256")
        for item in phone.locator(".photo[data-sha256]").all()
    }
    assert shown == set(Attachment.objects.values_list("sha256", flat=True))

    # What is refused stays beside its reason until it is let go.
    phone.get_by_label("Add photos, or a PDF").set_input_files(
        {"name": "page.html", "mimeType": "image/jpeg", "buffer": b"<html>"}
    )
    expect(waiting).to_contain_text("Only photos")
    waiting.get_by_role("button", name="Do not send").click()
    expect(waiting).to_have_count(0)

    phone.get_by_role("button", name="Remove second.jpg").click()
    expect(phone.get_by_text("no longer shows this file")).to_be_visible()
    expect(phone.locator(".photo[data-sha256]")).to_have_count(2)


def test_photos_are_sent_without_a_script(
    plain: Page, live_server: LiveServer, desks: Desks
) -> None:
    stated = describe(desks)
    sign_in(plain, live_server, desks.clerk)
    plain.goto(live_server.url + page_of(stated))

    plain.get_by_label("Add photos, or a PDF").set_input_files(
        [photo("first.jpg"), photo("second.jpg", 700)]
    )
    plain.get_by_role("button", name="Send the files").click()

    expect(plain.get_by_text("2 files are saved.")).to_be_visible()
    expect(plain.locator(".photo img")).to_have_count(2)
