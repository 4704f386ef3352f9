"""What somebody typed outlives the session that ended before it was saved."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Dialog, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Acting, Role
from hazards.models import SelfInspectionReport
from hazards.rules.quarters import Quarter
from hazards.services import reports
from tests.factories import PASSWORD, make_acting, make_enterprise, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BACK = "What you had typed and not saved is back in the fields."
SIGNED_OUT = "Not saved: you are signed out. Sign in again in this window"


def make_clerk(username: str, like: Acting | None = None) -> Acting:
    """A clerk who can sign in, in English; of the same enterprise as the other."""
    return make_acting(
        Role.CLERK,
        user=make_user(username=username, password=PASSWORD, language="en"),
        enterprise=like.enterprise if like else make_enterprise(),
        on=timezone.localdate() - dt.timedelta(days=1),
    )


@pytest.fixture
def clerk() -> Acting:
    return make_clerk("first-clerk")


@pytest.fixture
def report(clerk: Acting) -> SelfInspectionReport:
    """A draft of the quarter that runs now."""
    now = timezone.now()
    quarter = Quarter.containing(timezone.localdate(now))
    return reports.start(quarter=quarter, by=clerk, at=now)


@pytest.fixture(autouse=True)
def leave(page: Page) -> None:
    """Leave a page with unsaved text when the browser asks."""

    def agree(dialog: Dialog) -> None:
        dialog.accept()

    page.on("dialog", agree)


def sign_in(page: Page, person: Acting) -> None:
    page.locator("[name=login]").fill(person.user.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form [type=submit]").click()


def open_draft(
    page: Page, live_server: LiveServer, report: SelfInspectionReport, person: Acting
) -> None:
    page.goto(live_server.url + reverse("report-edit", args=[report.public_id]))
    sign_in(page, person)
    expect(scope(page)).to_be_visible()


def scope(page: Page) -> Locator:
    return page.locator("[name=scope]")


def lose_session(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def kept(page: Page) -> list[str]:
    """Under which names the tab has copies of what was typed."""
    names = page.evaluate("Object.keys(sessionStorage)")
    return [name for name in names if name.startswith("typed:")]


def test_a_draft_comes_back_after_signing_in_again(
    page: Page, live_server: LiveServer, report: SelfInspectionReport, clerk: Acting
) -> None:
    open_draft(page, live_server, report, clerk)
    lose_session(page)
    scope(page).fill("Furnace hall and roof")
    scope(page).blur()
    expect(page.locator("[data-autosave-status]")).to_contain_text(SIGNED_OUT)
    scope(page).press_sequentially(", and the yard")

    page.get_by_role("button", name="Save").click()
    sign_in(page, clerk)

    expect(page.get_by_text(BACK)).to_be_visible()
    expect(scope(page)).to_have_value("Furnace hall and roof, and the yard")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Nobody but")).to_be_visible()
    page.reload()
    expect(scope(page)).to_have_value("Furnace hall and roof, and the yard")
    expect(page.get_by_text(BACK)).to_have_count(0)
    assert kept(page) == []


def test_a_visit_comes_back_after_signing_in_again(
    page: Page, live_server: LiveServer, clerk: Acting
) -> None:
    page.goto(live_server.url + reverse("inspection-new"))
    sign_in(page, clerk)
    page.get_by_label("Areas and equipment").fill("Roof")
    page.get_by_label(f"{clerk.user.full_name} · clerk").check()
    lose_session(page)

    page.get_by_role("button", name="Save").click()
    sign_in(page, clerk)

    expect(page.get_by_text(BACK)).to_be_visible()
    expect(page.get_by_label("Areas and equipment")).to_have_value("Roof")
    expect(page.get_by_label(f"{clerk.user.full_name} · clerk")).to_be_checked()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The inspection is recorded.")).to_be_visible()
    page.goto(live_server.url + reverse("inspection-new"))
    expect(page.get_by_label("Areas and equipment")).to_have_value("")
    expect(page.get_by_text(BACK)).to_have_count(0)


def test_what_saved_itself_is_not_brought_back(
    page: Page, live_server: LiveServer, report: SelfInspectionReport, clerk: Acting
) -> None:
    open_draft(page, live_server, report, clerk)
    scope(page).fill("Furnace hall")
    scope(page).blur()
    status = page.locator("[data-autosave-status]")
    expect(status).to_have_attribute("data-state", "saved")

    assert kept(page) == []
    page.reload()

    expect(scope(page)).to_have_value("Furnace hall")
    expect(page.get_by_text(BACK)).to_have_count(0)


def test_text_made_from_an_older_save_does_not_overwrite_a_colleagues(
    page: Page, live_server: LiveServer, report: SelfInspectionReport, clerk: Acting
) -> None:
    colleague = make_clerk("second-clerk", like=clerk)
    open_draft(page, live_server, report, clerk)
    lose_session(page)
    scope(page).fill("Mine")
    scope(page).blur()
    expect(page.locator("[data-autosave-status]")).to_contain_text(SIGNED_OUT)
    theirs = reports.Draft(nothing_found=None, scope="Theirs", coverage="", remarks="")
    reports.save_draft(
        report_id=report.pk,
        made_from=report.versions.get().revision,
        draft=theirs,
        inspection_ids=[],
        by=colleague,
        at=timezone.now(),
    )

    page.reload()
    sign_in(page, clerk)
    expect(scope(page)).to_have_value("Mine")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Theirs")).to_be_visible()
    expect(scope(page)).to_have_value("Mine")
    assert report.versions.get().scope == "Theirs"


def test_the_next_person_at_this_machine_sees_none_of_it(
    page: Page, live_server: LiveServer, report: SelfInspectionReport, clerk: Acting
) -> None:
    colleague = make_clerk("second-clerk", like=clerk)
    open_draft(page, live_server, report, clerk)
    lose_session(page)
    scope(page).fill("Not for others")
    page.get_by_role("button", name="Save").click()

    sign_in(page, colleague)

    expect(scope(page)).to_have_value("")
    assert kept(page) == []


def test_signing_out_leaves_nothing_behind(
    page: Page, live_server: LiveServer, clerk: Acting
) -> None:
    page.goto(live_server.url + reverse("inspection-new"))
    sign_in(page, clerk)
    page.get_by_label("Areas and equipment").fill("Roof")
    assert len(kept(page)) == 1

    page.get_by_role("button", name="Sign out").click()

    expect(page.locator("[name=login]")).to_be_visible()
    assert kept(page) == []


def test_leaving_without_saving_is_taken_at_its_word(
    page: Page, live_server: LiveServer, clerk: Acting
) -> None:
    page.goto(live_server.url + reverse("inspection-new"))
    sign_in(page, clerk)
    page.get_by_label("Areas and equipment").fill("Roof")

    page.get_by_role("link", name="Leave without saving").click()
    expect(page.get_by_role("heading", name="Inspections")).to_be_visible()

    assert kept(page) == []
