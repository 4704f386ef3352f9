"""Visits on a phone and without JavaScript, in a real browser."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Dialog, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import Acting, Role
from hazards.models import SelfInspection
from tests.browser.layout import assert_narrow, go_on
from tests.factories import make_acting, make_enterprise, signed_in
from tests.hazards.views.test_inspections import edit_url, make_visit, typed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clerk() -> Acting:
    return make_acting(
        Role.CLERK, enterprise=make_enterprise(), on=timezone.localdate()
    )


def sign_in(page: Page, live_server: LiveServer, person: Acting) -> None:
    """Give the browser the person's session, in English."""
    session = signed_in(person).cookies["sessionid"].value
    page.context.add_cookies(
        [
            {"name": name, "value": value, "url": live_server.url}
            for name, value in (("sessionid", session), ("django_language", "en"))
        ]
    )


def test_a_visit_is_recorded_on_a_phone(
    phone: Page,
    live_server: LiveServer,
    clerk: Acting,
    assert_accessible: Callable[[Page], None],
) -> None:
    sign_in(phone, live_server, clerk)
    phone.goto(live_server.url + reverse("inspections"))
    go_on(phone.get_by_role("link", name="Record an inspection").first)
    assert_narrow(phone)
    assert_accessible(phone)

    phone.get_by_label("Areas and equipment").fill("Furnace hall")
    phone.get_by_role("button", name="Save").click()
    phone.get_by_text("at least one person").wait_for()
    assert phone.get_by_label("Areas and equipment").input_value() == "Furnace hall"
    assert_accessible(phone)

    phone.get_by_label(f"{clerk.user.full_name} · clerk").check()
    phone.get_by_role("button", name="Save").click()
    phone.get_by_text("The inspection is recorded.").wait_for()
    assert_narrow(phone)
    assert_accessible(phone)

    phone.get_by_role("button", name="I was there").click()
    phone.get_by_text("You have signed in").wait_for()
    assert phone.get_by_role("button", name="Now the quarter’s report").is_visible()
    inspection = SelfInspection.objects.get()
    assert inspection.attendances.get().signed_in_at is not None


def test_leaving_with_something_typed_asks_first(
    phone: Page, live_server: LiveServer, clerk: Acting
) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    phone.on("dialog", stay)
    sign_in(phone, live_server, clerk)
    phone.goto(live_server.url + reverse("inspection-new"))
    phone.get_by_label("Areas and equipment").press_sequentially("Roof")

    phone.get_by_role("link", name="Leave without saving").click()
    phone.get_by_role("heading", name="Inspections").wait_for()

    assert asked == ["beforeunload"]


def test_without_javascript_a_stale_save_keeps_both_texts(
    plain: Page, live_server: LiveServer, clerk: Acting
) -> None:
    assert clerk.enterprise is not None
    inspection = make_visit(clerk=clerk)
    sign_in(plain, live_server, clerk)
    plain.goto(live_server.url + edit_url(inspection))
    first = typed(clerk.enterprise, clerk, areas="First text")
    signed_in(clerk).post(edit_url(inspection), first)

    plain.get_by_label("Areas and equipment").fill("Second text")
    go_on(plain.get_by_role("button", name="Save"))

    assert plain.get_by_text("Nothing was overwritten").is_visible()
    assert plain.get_by_text("First text").is_visible()
    assert plain.get_by_label("Areas and equipment").input_value() == "Second text"
    go_on(plain.get_by_role("button", name="Save mine over it"))
    assert plain.get_by_text("Your changes are saved.").is_visible()
    inspection.refresh_from_db()
    assert (inspection.areas, inspection.revision) == ("Second text", 3)
