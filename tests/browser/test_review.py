"""A reviewer's comments beside the items, in a real browser."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Dialog, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from hazards.models import ReportStatus, ReviewComment, SelfInspectionReport
from tests.browser.layout import assert_narrow, go_on
from tests.factories import PASSWORD, make_acting, make_user
from tests.factories_reports import Desks, make_desks
from tests.hazards.views.walking import make_filed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCOPE = "textarea[name='on:statement.scope']"


@pytest.fixture
def desks() -> Desks:
    """A bureau whose reviewer can sign in."""
    desks = make_desks(on=timezone.localdate())
    make_acting(
        Role.REVIEWER,
        user=make_user(username="reviewer", password=PASSWORD, language="en"),
        bureau=desks.bureau,
        on=timezone.localdate() - dt.timedelta(days=1),
    )
    return desks


@pytest.fixture
def received(desks: Desks) -> SelfInspectionReport:
    return make_filed(desks, ReportStatus.RECEIVED)


def open_report(
    page: Page, live_server: LiveServer, report: SelfInspectionReport
) -> None:
    page.goto(live_server.url + reverse("report", args=[report.public_id]))
    page.locator("[name=login]").fill("reviewer")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form [type=submit]").click()
    expect(page.locator("#return")).to_be_visible()


def box(page: Page) -> Locator:
    """The comment on what was inspected, opened."""
    page.locator("details", has=page.locator(SCOPE)).locator("summary").click()
    return page.locator(SCOPE)


def give_back(page: Page) -> None:
    page.locator("#return [type=submit]").click()


def test_a_comment_typed_beside_an_item_outlives_the_session(
    phone: Page,
    live_server: LiveServer,
    received: SelfInspectionReport,
    assert_accessible: Callable[[Page], None],
) -> None:
    def leave(dialog: Dialog) -> None:
        dialog.accept()

    phone.on("dialog", leave)
    open_report(phone, live_server, received)
    box(phone).fill("Name the warehouse")
    assert_accessible(phone)
    assert_narrow(phone)
    phone.context.clear_cookies(name="sessionid")
    give_back(phone)
    open_report(phone, live_server, received)

    expect(phone.locator(SCOPE)).to_be_visible()
    expect(phone.locator(SCOPE)).to_have_value("Name the warehouse")
    give_back(phone)
    phone.wait_for_url("**/review/")
    comment = ReviewComment.objects.get(version__report=received)
    assert (comment.item, comment.text) == ("statement.scope", "Name the warehouse")


def test_without_a_script_a_comment_is_given_and_one_too_short_stands_again(
    plain: Page, live_server: LiveServer, received: SelfInspectionReport
) -> None:
    open_report(plain, live_server, received)
    box(plain).fill("Name the warehouse")
    plain.locator("[name=reason]").fill("no    ")  # long enough for a browser
    give_back(plain)
    expect(plain.get_by_text("at least five characters")).to_be_visible()
    expect(plain.locator(SCOPE)).to_have_value("Name the warehouse")
    plain.locator("[name=reason]").fill("")
    give_back(plain)
    plain.wait_for_url("**/review/")
    assert ReviewComment.objects.get().item == "statement.scope"


def test_the_queue_is_narrowed_on_a_phone(
    phone: Page,
    live_server: LiveServer,
    received: SelfInspectionReport,
    assert_accessible: Callable[[Page], None],
) -> None:
    open_report(phone, live_server, received)
    phone.goto(live_server.url + reverse("review-queue"))
    phone.locator("details.filter summary").click()
    phone.locator("#found").select_option("yes")
    assert_accessible(phone)
    go_on(phone.locator("form[role=search] button"))
    expect(phone.get_by_text("Nothing of this kind waits")).to_be_visible()
    assert_narrow(phone)
    assert_accessible(phone)
