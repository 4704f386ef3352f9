"""
From a plan to an objection, on phones: the head approves, an officer begins by the
enterprise's code, records what was found and compares it with the record; another
decides, the enterprise reads it and objects. Once for a hazard that the enterprise had
reported, once for one that nobody had, where a quarter and the principal are missing.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlparse

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import Acting, Notice, Role
from hazards.models import (
    CheckState,
    Decision,
    Determination,
    Finding,
    FindingPhoto,
    MajorHazard,
    MatchVerdict,
    Objection,
    SpotCheck,
)
from hazards.services import foundings
from tests.browser.test_life import Phone
from tests.browser.test_offline import CLAUSE
from tests.browser.test_photos import photo
from tests.factories import PASSWORD, make_acting, make_user
from tests.factories_findings import inspectors_of
from tests.factories_lives import plan_for, reported_hazard, send_and_sign
from tests.factories_reports import Desks, make_desks
from tests.hazards.views.walking import tick

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PLACE = "2号熔炼炉炉前"
RESPONDENTS = ("enterprise", "principal", "team")


@dataclass(frozen=True)
class Case:
    """Who takes part, and the phone that goes from hand to hand."""

    phone: Phone
    desks: Desks
    inspector: Acting
    decider: Acting

    def go(self, person: Acting, name: str, *args: object, query: str = "") -> Page:
        """Let the person open a page, which fits the phone and pleases axe."""
        self.phone.belongs_to(person)
        self.phone.open(name, *args)
        if query:
            self.phone.page.goto(f"{self.phone.page.url}?{query}")
        return self.phone.page

    def press(self, name: str, *args: object) -> None:
        """Press the button of the page's form and arrive there."""
        self.phone.page.locator("main form button.btn-primary").last.click()
        self.phone.page.wait_for_url("**" + reverse(name, args=args))
        self.phone.check(self.phone.page)


@pytest.fixture
def case(
    phone: Page, live_server: LiveServer, assert_accessible: Callable[[Page], None]
) -> Case:
    on = timezone.localdate()
    desks = make_desks(on=on, password=PASSWORD)
    officer = make_user(email="decides@example.com", password=PASSWORD)
    return Case(
        phone=Phone(phone, live_server, assert_accessible),
        desks=desks,
        inspector=inspectors_of(desks.bureau, on=on)[0],
        decider=make_acting(
            Role.DECIDING_OFFICER, user=officer, bureau=desks.bureau, on=on
        ),
    )


def test_what_was_reported_and_is_being_removed_is_not_penalised(case: Case) -> None:
    hazard = _reported_in_time(case.desks)
    finding = _found(case)
    _judged(case, finding, measures_effective="yes")
    _compared(case, finding, hazard)

    made = _proposed(case, finding)
    assert made.decisive == "relief"
    # Nothing is proposed for the team, so nothing is decided for it.
    assert _decided(case, finding) == ["no_penalty", "no_penalty"]
    _read_and_objected(case, finding, "no penalty")
    call_command("redetermine")


def test_what_nobody_reported_is_where_a_quarter_and_the_principal_are_missing(
    case: Case,
) -> None:
    tick()
    finding = _found(case)
    _judged(case, finding, existed_at_last_inspection="yes")
    _compared(case, finding, None)
    assert _proposed(case, finding).decisive == "match-unclear"
    _seconded(case, finding)

    made = _proposed(case, finding)
    assert made.decisive == "missing-quarter"
    page = case.go(case.decider, "finding", finding.public_id)
    said = page.locator("main").inner_text()
    assert "more that hold" in said
    assert _decided(case, finding) == ["penalty", "penalty", "accountability"]
    _read_and_objected(case, finding, "open a penalty case")
    call_command("redetermine")


def _reported_in_time(desks: Desks) -> MajorHazard:
    """Found ten days ago by an enterprise too young to owe a quarter, and planned."""
    at = timezone.now() - dt.timedelta(days=10)
    foundings.correct(
        enterprise=desks.enterprise,
        established_on=timezone.localdate() - dt.timedelta(days=30),
        reason="营业执照登记的成立日期。",
        by=desks.head,
        at=at,
    )
    hazard = reported_hazard(desks, at=at, found_at=at - dt.timedelta(hours=2))
    later = at + dt.timedelta(minutes=1)
    due_on = timezone.localdate() + dt.timedelta(days=20)
    plan = plan_for(hazard, desks, at=later, due_on=due_on)
    send_and_sign(plan, desks, at=later)
    return hazard


def _found(case: Case) -> Finding:
    """Planned, approved, begun by the code at the entrance, recorded with a photo."""
    check = _planned(case)
    _approved(case, check)
    _begun(case, check)
    page = case.go(case.inspector, "finding-new", check.public_id)
    page.select_option("[name=clause]", CLAUSE)
    case.phone.fill(
        place=PLACE,
        description="承包单位检修人员在炉前作业，未签订安全生产管理协议。",
        ordered="立即停止检修作业，人员撤离。",
        rectify_by=(timezone.localdate() + dt.timedelta(days=15)).isoformat(),
    )
    page.set_input_files("[name=photos]", [photo("现场.jpg")])
    page.locator("main form button.btn-primary").last.click()
    page.wait_for_url(re.compile("/(findings|checks)/[0-9a-f-]{36}/$"))
    finding = Finding.objects.get()
    assert FindingPhoto.objects.filter(finding=finding).count() == 1
    assert Notice.objects.filter(recipient=case.desks.principal.user).exists()
    return finding


def _planned(case: Case) -> SpotCheck:
    of_enterprise = f"enterprise={case.desks.enterprise.public_id}"
    page = case.go(case.inspector, "checks")
    page.goto(f"{case.phone.server.url}{reverse('check-new')}?{of_enterprise}")
    case.phone.check(page)
    page.check("[name=kind][value=planned]")
    page.locator("[name=matters]").first.check()
    case.phone.fill(
        plan_reference="2026年度监督检查计划第12号", purpose="年度重点检查企业。"
    )
    for officer in page.locator("[name=officers]").all():
        officer.check()
    page.locator("main form button.btn-primary").last.click()
    page.wait_for_url(re.compile("/checks/[0-9a-f-]{36}/$"))
    return SpotCheck.objects.get()


def _approved(case: Case, check: SpotCheck) -> None:
    case.go(case.desks.head, "check-act", check.public_id, "approve")
    case.press("check", check.public_id)
    check.refresh_from_db()
    assert check.state == CheckState.APPROVED


def _begun(case: Case, check: SpotCheck) -> None:
    """The enterprise shows its code; what it holds is opened by the officer's phone."""
    page = case.go(
        case.desks.principal, "enterprise-code", case.desks.enterprise.public_id
    )
    held = urlparse(page.locator(".entrance-address").inner_text()).path
    case.phone.belongs_to(case.inspector)
    page.goto(case.phone.server.url + held)
    case.phone.check(page)
    start = reverse("check-act", args=[check.public_id, "start"])
    page.locator(f'a[href="{start}"]').click()
    page.wait_for_url("**" + start)
    reason = page.locator("[name=reason_to_go_on]")
    if reason.count():
        reason.fill("年度计划要求，继续检查。")
    case.press("check", check.public_id)
    check.refresh_from_db()
    assert check.state == CheckState.STARTED
    assert check.counts is not None


def _judged(case: Case, finding: Finding, **judged: str) -> None:
    case.go(case.inspector, "finding-assess", finding.public_id)
    case.phone.fill(note="现场核对方案、记录和作业情况。", **judged)
    case.press("finding", finding.public_id)


def _compared(case: Case, finding: Finding, hazard: MajorHazard | None) -> None:
    page = case.go(case.inspector, "finding-match", finding.public_id)
    if hazard is not None:
        page.check(f"[name='{hazard.public_id}-verdict'][value=same]")
    page.fill("[name=note]", "逐条核对企业登记的隐患。")
    case.press("finding", finding.public_id)
    match = finding.matches.get()
    assert match.hazard == hazard
    assert match.verdict == (MatchVerdict.SAME if hazard else MatchVerdict.NONE)


def _seconded(case: Case, finding: Finding) -> None:
    case.go(case.desks.reviewer, "finding-second", finding.public_id)
    case.phone.fill(agrees="yes", note="企业档案中没有登记任何隐患。")
    case.press("finding", finding.public_id)


def _proposed(case: Case, finding: Finding) -> Determination:
    page = case.go(case.inspector, "finding", finding.public_id)
    address = reverse("finding-determine", args=[finding.public_id])
    with page.expect_navigation():
        page.locator(f"form[action='{address}'] button").click()
    case.phone.check(page)
    return finding.determinations.latest("pk")


def _decided(case: Case, finding: Finding) -> list[str]:
    """What is proposed, confirmed for each respondent by who did not inspect."""
    page, made = case.phone.page, finding.determinations.latest("pk")
    refused = reverse("finding-decide", args=[finding.public_id, "enterprise"])
    case.phone.belongs_to(case.inspector)
    answer = page.goto(case.phone.server.url + refused)
    assert answer is not None
    assert answer.status == 403
    respondents = RESPONDENTS[: 2 if made.team_outcome == "none" else 3]
    for respondent in respondents:
        case.go(case.decider, "finding-decide", finding.public_id, respondent)
        page.fill("[name=password]", PASSWORD)
        case.press("finding", finding.public_id)
    decided = Decision.objects.filter(determination=made)
    assert not decided.filter(is_departure=True).exists()
    return [decided.get(respondent=name).outcome for name in respondents]


def _read_and_objected(case: Case, finding: Finding, outcome: str) -> None:
    principal = case.desks.principal
    page = case.go(principal, "finding", finding.public_id)
    assert outcome in page.locator("main").inner_text().lower()
    case.go(principal, "finding-object", finding.public_id)
    case.phone.fill(text="我单位对认定依据的事实有不同意见，请复核。")
    page.set_input_files("[name=documents]", [photo("证明.jpg")])
    case.press("finding", finding.public_id)
    assert Objection.objects.get(finding=finding).files.count() == 1
    page = case.go(case.decider, "finding", finding.public_id)
    assert "有不同意见" in page.locator("main").inner_text()
