"""Lodged unsigned, signed later, on paper, handed on: on a phone, in both languages."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import Acting
from hazards.models import ReportStatus, SelfInspectionReport
from tests.browser.layout import assert_narrow, go_on
from tests.factories import PASSWORD, signed_in
from tests.factories_reports import UNSIGNED_BECAUSE, Desks, make_desks
from tests.hazards.attachments.files import pdf
from tests.hazards.views.walking import last_quarter, make_filed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def seats(db: None) -> Desks:
    """Everybody at their desk today; those who sign have a password."""
    seats = make_desks(on=timezone.localdate(), password=PASSWORD)
    for by in (seats.leader, seats.reviewer):
        by.user.set_password(PASSWORD)
        by.user.save()
    return seats


class Walk:
    """One person after another on the same page; each page looked at."""

    def __init__(
        self, page: Page, live_server: LiveServer, check: Callable[[Page], None]
    ) -> None:
        self.page, self.url, self.check = page, live_server.url, check
        self.pages = 0

    def sit_down(self, person: Acting, language: str) -> None:
        session = signed_in(person).cookies["sessionid"].value
        self.page.context.add_cookies(
            [
                {"name": name, "value": value, "url": self.url}
                for name, value in (
                    ("sessionid", session),
                    ("django_language", language),
                )
            ]
        )

    def open(self, name: str, *args: object) -> None:
        self.page.goto(self.url + reverse(name, args=args))
        self.look()

    def press(self) -> None:
        """Press the page's main button."""
        go_on(self.page.locator("main .btn-primary[type=submit]"))
        self.look()

    def prove(self) -> None:
        self.page.locator("#id_password").fill(PASSWORD)
        self.press()

    def look(self) -> None:
        assert_narrow(self.page)
        self.check(self.page)
        self.pages += 1
        folder = os.environ.get("LOOK_AT")
        if folder:
            self.page.screenshot(
                path=Path(folder) / f"{self.pages:02}.png", full_page=True
            )


def lodge(walk: Walk, report: SelfInspectionReport) -> None:
    walk.open("report", report.public_id)
    walk.open("report-lodge", report.public_id)
    walk.page.locator("#id_reason").fill(UNSIGNED_BECAUSE)
    walk.press()
    walk.prove()


def hand_on(walk: Walk, report: SelfInspectionReport, to: Desks) -> None:
    walk.open("report", report.public_id)
    walk.open("report-transfer", report.public_id)
    walk.page.locator(f"input[value='{to.bureau.public_id}']").check()
    walk.page.locator("#id_reason").fill("注册地在邻县，由其管辖。")
    walk.press()


def sign_later(walk: Walk, report: SelfInspectionReport) -> None:
    walk.open("report", report.public_id)
    walk.open("report-sign-later", report.public_id)
    walk.prove()
    walk.open("report-version", report.public_id, 1)


def enter_paper(walk: Walk, uscc: str) -> SelfInspectionReport:
    page, quarter = walk.page, last_quarter()
    walk.open("report-paper-new")
    page.locator("#id_uscc").fill(uscc)
    walk.press()
    page.locator("#id_received_on").fill(quarter.ends_on.isoformat())
    page.locator("#id_received_time").fill("16:30")
    page.locator("#id_scan").set_input_files(
        {"name": "盖章报告.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    page.locator("#id_nothing_found").check()
    page.locator("#id_password").fill("wrong")
    walk.press()
    walk.prove()
    return SelfInspectionReport.objects.get(
        year=quarter.year, quarter_number=quarter.number
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_report_is_lodged_handed_on_signed_later_and_another_comes_on_paper(
    phone: Page,
    live_server: LiveServer,
    seats: Desks,
    language: str,
    assert_accessible: Callable[[Page], None],
) -> None:
    others = make_desks(on=timezone.localdate())
    report = make_filed(seats, ReportStatus.AWAITING_SIGNATURE, back=1)
    walk = Walk(phone, live_server, assert_accessible)

    walk.sit_down(seats.leader, language)
    lodge(walk, report)
    report.refresh_from_db()
    assert report.is_unsigned

    walk.sit_down(seats.reviewer, language)
    hand_on(walk, report, others)
    report.refresh_from_db()
    assert report.bureau == others.bureau

    walk.sit_down(seats.principal, language)
    sign_later(walk, report)
    report.refresh_from_db()
    assert not report.is_unsigned

    walk.sit_down(seats.reviewer, language)
    paper = enter_paper(walk, seats.enterprise.uscc)
    assert paper.status == ReportStatus.RECEIVED
    walk.sit_down(seats.clerk, language)
    walk.open("report-done", paper.public_id)
