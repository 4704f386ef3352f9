"""
One quarter, walked by the people whose it is: from an invitation over a hazard with its
photo to an accepted report and a copy that anybody verifies by its square code, on a
phone, through real pages and real signatures. In Chinese, and once in English.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Enterprise, Role
from hazards.models import (
    MajorHazard,
    ReportStatus,
    Seal,
    SelfInspectionReport,
)
from hazards.rules.quarters import Quarter
from tests.browser.conftest import PHONE, watch
from tests.browser.layout import assert_narrow, go_on
from tests.factories import (
    PASSWORD,
    make_bureau,
    make_enterprise,
    make_membership,
    make_user,
)
from tests.hazards.attachments.files import picture
from tests.pdf_text import scanned

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEW_PASSWORD = "a long quiet sentence 7"  # a test's
COMMENT = "请说明积水的成因。"


@dataclass
class Walk:
    """The browser, the portal, and everybody's own phone."""

    browser: Browser
    arguments: dict[str, Any]
    server: LiveServer
    check: Callable[[Page], None]
    complaints: list[str]

    def phone(self) -> Page:
        """Another person's phone."""
        context = self.browser.new_context(
            **{**self.arguments, "viewport": PHONE, "has_touch": True}
        )
        self.complaints = watch(context)
        page = context.new_page()
        page.goto(self.server.url)
        return page

    def open(self, page: Page, name: str, **kwargs: object) -> None:
        """Go to an address of the portal; it must fit the phone and please axe."""
        page.goto(self.server.url + reverse(name, kwargs=kwargs))
        self.look(page)

    def look(self, page: Page) -> None:
        """Whatever is shown fits the phone and has no accessibility fault."""
        assert_narrow(page)
        self.check(page)

    def sign_in(self, page: Page, username: str, password: str) -> None:
        """By username and password, as everybody."""
        self.open(page, "account_login")
        page.locator("[name=login]").fill(username)
        page.locator("[name=password]").fill(password)
        go_on(page.locator("main form [type=submit]"))
        page.wait_for_url("**/desk/")
        self.look(page)


@pytest.fixture(params=["zh-CN", "en-US"])
def walk(
    request: pytest.FixtureRequest,
    browser: Browser,
    browser_context_args: dict[str, Any],
    live_server: LiveServer,
    assert_accessible: Callable[[Page], None],
) -> Iterator[Walk]:
    """Everybody's phones, in the language of the run."""
    walk = Walk(
        browser=browser,
        arguments={**browser_context_args, "locale": request.param},
        server=live_server,
        check=assert_accessible,
        complaints=[],
    )
    yield walk
    assert not walk.complaints


def test_from_invitation_to_acceptance(walk: Walk) -> None:
    enterprise, reviewer = _enterprise_and_its_reviewer(walk)
    principal = _invited_principal(walk, reviewer, enterprise)
    clerk = _invited_clerk(walk, principal)

    _record_an_inspection(walk, clerk)
    _write(walk, clerk)
    _answer_the_checklist(walk, clerk)
    _describe_a_hazard(walk, clerk)
    _send(walk, clerk)
    report = SelfInspectionReport.objects.get()
    assert report.status == ReportStatus.AWAITING_SIGNATURE
    _sign(walk, principal, report)
    first = Seal.objects.get()

    _return(walk, reviewer, report)
    _correct(walk, clerk, report)
    _sign(walk, principal, report)
    _accept(walk, reviewer, report)
    _verify_the_copy(walk, principal, report)

    report.refresh_from_db()
    assert report.status == ReportStatus.ACCEPTED
    assert report.first_received_at == first.received_at
    assert Seal.objects.count() == 2
    assert report.hazard_count == 1
    assert MajorHazard.objects.get().first_reported_at == first.received_at
    call_command("verify_records")


def _enterprise_and_its_reviewer(walk: Walk) -> tuple[Enterprise, Page]:
    bureau = make_bureau()
    user = make_user(username="reviewer", password=PASSWORD)
    make_membership(Role.REVIEWER, user=user, bureau=bureau)
    page = walk.phone()
    walk.sign_in(page, "reviewer", PASSWORD)
    return make_enterprise(bureau=bureau), page


def _invited_principal(walk: Walk, reviewer: Page, enterprise: Enterprise) -> Page:
    walk.open(reviewer, "enterprise", public_id=enterprise.public_id)
    reviewer.locator("[name=full_name]").fill("王建国")
    reviewer.locator("[name=mobile]").fill("13900001234")
    go_on(reviewer.locator("main form [type=submit]").last)
    return _accepted(walk, reviewer, username="wangjianguo")


def _invited_clerk(walk: Walk, principal: Page) -> Page:
    walk.open(principal, "invite")
    principal.locator("[name=role]").select_option("clerk")
    principal.locator("[name=full_name]").fill("李秀兰")
    principal.locator("[name=email]").fill("li@example.com")
    go_on(principal.locator("main form [type=submit]"))
    return _accepted(walk, principal, username="lixiulan")


def _accepted(walk: Walk, sender: Page, *, username: str) -> Page:
    """The link that the sender hands over, opened on the other's phone."""
    link = sender.locator("#link")
    link.wait_for()
    walk.look(sender)
    page = walk.phone()
    page.goto(link.input_value())
    walk.look(page)
    page.locator("[name=username]").fill(username)
    page.locator("[name=password1]").fill(NEW_PASSWORD)
    page.locator("[name=password2]").fill(NEW_PASSWORD)
    go_on(page.locator("main form [type=submit]").first)
    if not page.url.endswith("/desk/"):
        walk.sign_in(page, username, NEW_PASSWORD)
    walk.look(page)
    return page


def _record_an_inspection(walk: Walk, clerk: Page) -> None:
    walk.open(clerk, "inspection-new")
    clerk.locator("[name=started_on]").fill(timezone.localdate().isoformat())
    clerk.locator("[name=members]").first.check()
    clerk.locator("[name=areas]").fill("熔炼车间、浇注区、除尘系统")
    go_on(clerk.locator("main form [type=submit]").first)
    expect(clerk).to_have_url(re.compile(r"/inspections/[0-9a-f-]{36}/$"))
    walk.look(clerk)


def _write(walk: Walk, clerk: Page) -> None:
    walk.open(clerk, "desk")
    quarter = Quarter.containing(timezone.localdate())
    go_on(clerk.locator(f"form:has(input[value='{quarter}']) button"))
    clerk.locator("[name=scope]").fill("全部车间")
    clerk.locator("[name=coverage]").fill("对照工贸判定标准逐条检查")
    _saved(clerk)
    walk.look(clerk)


def _saved(page: Page) -> None:
    """What was typed saved itself."""
    expect(page.locator("[data-autosave-status]")).to_have_attribute(
        "data-state", "saved"
    )


def _answer_the_checklist(walk: Walk, clerk: Page) -> None:
    go_on(clerk.locator("main a[href$='/checklist/']").first)
    walk.look(clerk)
    go_on(clerk.locator("button[name=rest]"))
    walk.look(clerk)
    walk.open(
        clerk, "report-edit", public_id=SelfInspectionReport.objects.get().public_id
    )


def _describe_a_hazard(walk: Walk, clerk: Page) -> None:
    go_on(clerk.locator("main a[href$='/hazards/new/']"))
    walk.look(clerk)
    clerk.locator("[name=words]").fill("积水")
    clerk.locator("[name=clause]").select_option("order-10-2023/7(3)")
    clerk.locator("[name=found_time]").fill("00:00")
    for name in ("place", "description", "causes", "harm", "difficulty"):
        clerk.locator(f"[name={name}]").fill("2号中频炉炉坑有积水")
    go_on(clerk.locator("button[name=next]"))
    expect(clerk).to_have_url(re.compile(r"/plan/$"))
    walk.look(clerk)
    clerk.locator("input[name=photos]").set_input_files(
        {"name": "炉坑.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    expect(clerk.locator("[data-photo-list] img")).to_be_visible()
    plan = clerk.locator("main form textarea")
    for box in plan.all():
        box.fill("停炉抽水，更换密封")
    clerk.locator("[name=responsible_person]").fill("张工")
    clerk.locator("[name=funds_planned]").fill("1.5")
    clerk.locator("[name=due_on]").fill(timezone.localdate().isoformat())
    _saved(clerk)
    walk.look(clerk)
    go_on(clerk.locator("button[name=next]"))
    expect(clerk).to_have_url(re.compile(r"/edit/"))


def _send(walk: Walk, clerk: Page) -> None:
    walk.look(clerk)
    go_on(clerk.locator("button[name=send]"))
    expect(clerk).to_have_url(re.compile(r"/reports/[0-9a-f-]{36}/$"))
    walk.look(clerk)


def _sign(walk: Walk, principal: Page, report: SelfInspectionReport) -> None:
    walk.open(principal, "desk")
    go_on(principal.locator(f"a[href*='{report.public_id}/sign/']"))
    walk.look(principal)
    principal.locator("[name=password]").fill("not the password")
    go_on(principal.locator("form:has([name=shown]) [type=submit]"))
    expect(principal.locator("#password-error")).to_be_visible()
    walk.look(principal)
    principal.locator("[name=password]").fill(NEW_PASSWORD)
    go_on(principal.locator("form:has([name=shown]) [type=submit]"))
    principal.wait_for_url("**/done/")
    walk.look(principal)


def _return(walk: Walk, reviewer: Page, report: SelfInspectionReport) -> None:
    walk.open(reviewer, "review-queue")
    go_on(reviewer.locator(f"a[href*='{report.public_id}']").first)
    expect(reviewer.locator("main img").first).to_be_visible()
    box = reviewer.locator("textarea[name^='on:hazards'][name$='.causes']")
    box.locator("xpath=ancestor::details[1]").locator("summary").click()
    box.fill(COMMENT)
    walk.look(reviewer)
    go_on(reviewer.locator("form#return [type=submit]"))
    reviewer.wait_for_url("**/review/")
    walk.look(reviewer)


def _correct(walk: Walk, clerk: Page, report: SelfInspectionReport) -> None:
    walk.open(clerk, "report", public_id=report.public_id)
    go_on(clerk.locator("form[action$='/correct/'] [type=submit]"))
    expect(clerk.get_by_text(COMMENT).first).to_be_visible()
    clerk.locator("[name=correction_reason]").fill("补充隐患成因")
    _saved(clerk)
    walk.look(clerk)
    hazard = MajorHazard.objects.get()
    walk.open(
        clerk, "report-hazard", public_id=report.public_id, hazard=hazard.public_id
    )
    expect(clerk.get_by_text(COMMENT).first).to_be_visible()
    clerk.locator("[name=causes]").fill("冷却水管接头密封老化，排水泵浮球失灵")
    _saved(clerk)
    walk.open(clerk, "report-edit", public_id=report.public_id)
    _send(walk, clerk)


def _accept(walk: Walk, reviewer: Page, report: SelfInspectionReport) -> None:
    walk.open(reviewer, "report", public_id=report.public_id)
    go_on(reviewer.locator("form[action$='/accept/'] [type=submit]"))
    reviewer.wait_for_url("**/review/")
    walk.look(reviewer)


def _verify_the_copy(walk: Walk, principal: Page, report: SelfInspectionReport) -> None:
    """Whoever holds the paper scans its square code and asks the portal."""
    walk.open(principal, "signatures")
    with principal.expect_download() as download:
        principal.locator("a[href$='/copy/']").first.click()
    code = scanned(download.value.path().read_bytes())

    stranger = walk.phone()
    stranger.goto(walk.server.url + urlsplit(code).path)
    walk.look(stranger)
    last = Seal.objects.latest("id")
    expect(stranger.get_by_text(report.enterprise.name)).to_be_visible()
    expect(stranger.get_by_text(last.content_sha256)).to_be_visible()
