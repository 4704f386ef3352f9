"""
One hazard's life on phones: from the shop floor over plan, progress, acceptance and the
re-check of two officers to its closure; once with the network cut in between.
"""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Acting
from hazards.models import (
    HazardAct,
    HazardActKind,
    HazardPhoto,
    HazardState,
    MajorHazard,
    ReportKind,
    SelfInspectionReport,
)
from tests.browser.layout import assert_narrow
from tests.browser.test_offline import LONG, fill, ready, send
from tests.browser.test_photos import photo
from tests.browser.test_visits import sign_in
from tests.factories import PASSWORD
from tests.factories_reports import Desks, make_desks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SUBMIT = "main form:has([name=text]) button.btn-primary"


@pytest.fixture
def desks() -> Desks:
    return make_desks(on=timezone.localdate(), password=PASSWORD)


class Phone:
    """One phone that is handed from one person to the next."""

    def __init__(
        self, page: Page, server: LiveServer, check: Callable[[Page], None]
    ) -> None:
        self.page, self.server, self.check = page, server, check

    def belongs_to(self, person: Acting) -> None:
        sign_in(self.page, self.server, person)

    def open(self, name: str, *args: object) -> None:
        """Go there; it must fit the phone and please axe."""
        self.page.goto(self.server.url + reverse(name, args=args))
        assert_narrow(self.page)
        self.check(self.page)

    def act(self, hazard: MajorHazard, kind: HazardActKind, **fields: str) -> None:
        """Fill the form of an act and do it."""
        self.open("hazard-act", hazard.public_id, kind.value)
        self.fill(**{"text": "现场核对，情况属实，记录如上。", **fields})
        if self.page.locator("[name=documents]").count():
            self.page.set_input_files("[name=documents]", [photo("材料.jpg")])
        self.page.locator(SUBMIT).click()
        self.page.wait_for_url("**" + reverse("hazard", args=[hazard.public_id]))

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            field = self.page.locator(f"[name={name}]").first
            if field.get_attribute("type") == "radio":
                self.page.check(f"[name={name}][value={value}]")
            elif field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)


@pytest.fixture
def handed(
    phone: Page, live_server: LiveServer, assert_accessible: Callable[[Page], None]
) -> Phone:
    return Phone(phone, live_server, assert_accessible)


@pytest.mark.parametrize("cut", [False, True], ids=["network", "network cut"])
def test_from_the_shop_floor_to_closure(
    handed: Phone, desks: Desks, *, cut: bool
) -> None:
    hazard = _found(handed, desks, cut=cut)
    _reported(handed, desks, hazard)
    _planned(handed, desks, hazard)
    _rectified(handed, desks, hazard, cut=cut)
    _accepted(handed, desks, hazard)
    _rechecked(handed, desks, hazard)

    hazard.refresh_from_db()
    report = SelfInspectionReport.objects.get(kind=ReportKind.HAZARD)
    assert hazard.state == HazardState.CLOSED
    assert hazard.first_reported_at == report.first_received_at
    assert MajorHazard.objects.count() == 1
    call_command("verify_records")


def _found(handed: Phone, desks: Desks, *, cut: bool) -> MajorHazard:
    page = handed.page
    handed.belongs_to(desks.clerk)
    ready(page)
    handed.open("hazard-report-new")
    if cut:
        page.context.set_offline(True)
    fill(page, "2号熔炼炉炉前")
    send(page)
    if cut:
        expect(page.locator("[data-offline-bar] li")).to_have_count(1)
        assert not MajorHazard.objects.exists()
        page.context.set_offline(False)
        expect(page.locator("[data-offline-bar] li")).to_have_count(0, timeout=LONG)
    else:
        page.wait_for_url("**/check/", timeout=LONG)
    assert HazardPhoto.objects.count() == 1
    return MajorHazard.objects.get()


def _reported(handed: Phone, desks: Desks, hazard: MajorHazard) -> None:
    report = SelfInspectionReport.objects.get(hazard=hazard)
    handed.open("hazard-report-check", report.public_id)
    handed.fill(
        causes="承包单位进场前未签订协议。",
        harm="可能造成灼烫和爆炸。",
        difficulty="停止检修即可整改。",
        interim_measures="停止承包单位进场，设警戒线。",
    )
    _to_the_principal(handed, report)
    _signed(handed, desks, report)
    hazard.refresh_from_db()
    assert hazard.state == HazardState.REPORTED


def _planned(handed: Phone, desks: Desks, hazard: MajorHazard) -> None:
    handed.belongs_to(desks.clerk)
    handed.open("hazard", hazard.public_id)
    address = reverse("hazard-plan", args=[hazard.public_id])
    handed.page.locator(f"form[action='{address}'] button").first.click()
    plan = SelfInspectionReport.objects.get(kind=ReportKind.PLAN)
    handed.page.wait_for_url(
        "**" + reverse("hazard-report-edit", args=[plan.public_id])
    )
    handed.fill(
        plan_goals="消除承包管理隐患。",
        plan_measures="签订协议，重新交底。",
        plan_funds="专项经费3万元。",
        plan_people="设备科负责。",
        plan_schedule="一个月内完成。",
        plan_emergency="现场警戒，配备灭火器材。",
        interim_measures="停止承包单位进场，设警戒线。",
        responsible_person="设备科科长",
        due_on=timezone.localdate().replace(day=28).isoformat()
        if timezone.localdate().day < 28
        else timezone.localdate().isoformat(),
    )
    _to_the_principal(handed, plan)
    _signed(handed, desks, plan)
    hazard.refresh_from_db()
    assert hazard.state == HazardState.PLANNED


def _to_the_principal(handed: Phone, report: SelfInspectionReport) -> None:
    handed.page.locator("button[name=send]").click()
    handed.page.wait_for_url("**" + reverse("report", args=[report.public_id]))


def _signed(handed: Phone, desks: Desks, report: SelfInspectionReport) -> None:
    handed.belongs_to(desks.principal)
    handed.open("report-sign", report.public_id)
    handed.page.fill("[name=password]", PASSWORD)
    form = handed.page.locator("form:has([name=password])")
    form.locator("button.btn-primary").click()
    handed.page.wait_for_url("**" + reverse("report-done", args=[report.public_id]))
    handed.check(handed.page)


def _rectified(handed: Phone, desks: Desks, hazard: MajorHazard, *, cut: bool) -> None:
    page = handed.page
    handed.belongs_to(desks.clerk)
    handed.act(hazard, HazardActKind.TELL, audience="workers")
    handed.open("hazard-act", hazard.public_id, HazardActKind.PROGRESS.value)
    handed.fill(text="已签订安全生产管理协议并重新交底。", funds_spent="1.5")
    page.set_input_files("[name=before]", [photo("整改前.jpg", width=700)])
    page.set_input_files("[name=after]", [photo("整改后.jpg", width=600)])
    if cut:
        page.context.set_offline(True)
    page.locator(SUBMIT).click()
    if cut:
        expect(page.locator("[data-offline-bar] li")).to_have_count(1)
        page.context.set_offline(False)
        expect(page.locator("[data-offline-bar] li")).to_have_count(0, timeout=LONG)
    else:
        page.wait_for_url(
            "**" + reverse("hazard", args=[hazard.public_id]), timeout=LONG
        )
    progress = HazardAct.objects.get(kind=HazardActKind.PROGRESS)
    assert progress.files.count() == 2
    assert progress.typed_at is not None
    hazard.refresh_from_db()
    assert hazard.state == HazardState.RECTIFYING


def _accepted(handed: Phone, desks: Desks, hazard: MajorHazard) -> None:
    handed.belongs_to(desks.reviewer)
    handed.act(hazard, HazardActKind.LIST, level="county")
    handed.belongs_to(desks.clerk)
    handed.act(
        hazard,
        HazardActKind.RECORD_ACCEPTANCE,
        accepted_by="own",
        people="王工，机械高级工程师",
    )
    handed.belongs_to(desks.principal)
    handed.act(hazard, HazardActKind.CONFIRM_ACCEPTANCE, password=PASSWORD)
    hazard.refresh_from_db()
    assert hazard.state == HazardState.ACCEPTED


def _rechecked(handed: Phone, desks: Desks, hazard: MajorHazard) -> None:
    handed.belongs_to(desks.clerk)
    handed.act(hazard, HazardActKind.APPLY_FOR_RECHECK)
    handed.belongs_to(desks.reviewer)
    handed.act(
        hazard,
        HazardActKind.PASS_RECHECK,
        second=str(desks.colleague.membership.public_id),
    )
    handed.open("hazard", hazard.public_id)
