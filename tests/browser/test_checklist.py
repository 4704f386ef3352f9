"""The checklist on a phone: answered with a thumb, counted and kept as one goes."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from hazards.models import ChecklistAnswer, ReportStatus, SelfInspectionReport
from tests.browser.layout import assert_narrow
from tests.factories import signed_in
from tests.factories_reports import Desks, make_desks
from tests.hazards.views.walking import make_filed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def seats(db: None) -> Desks:
    return make_desks(on=timezone.localdate())


@pytest.fixture
def report(seats: Desks) -> SelfInspectionReport:
    return make_filed(seats, ReportStatus.DRAFT)


def open_as_clerk(
    page: Page, seats: Desks, report: SelfInspectionReport, *, language: str = "en"
) -> None:
    page.goto("/")
    session = signed_in(seats.clerk).cookies[settings.SESSION_COOKIE_NAME].value
    for name, value in (
        (settings.SESSION_COOKIE_NAME, session),
        (settings.LANGUAGE_COOKIE_NAME, language),
    ):
        page.context.add_cookies([{"name": name, "value": value, "url": page.url}])
    page.goto(reverse("report-checklist", args=[report.public_id]))


def stored() -> dict[str, tuple[str, str]]:
    return {
        row.clause: (row.answer, row.reason) for row in ChecklistAnswer.objects.all()
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_fits_a_phone_and_is_accessible(
    phone: Page,
    seats: Desks,
    report: SelfInspectionReport,
    language: str,
    assert_accessible: Callable[[Page], None],
) -> None:
    open_as_clerk(phone, seats, report, language=language)

    # The first is open.
    for fold in phone.locator("main details.fold > summary").all()[1:]:
        fold.click()

    assert_narrow(phone)
    expect(phone.locator(".save-bar")).to_be_in_viewport()
    assert_accessible(phone)


def test_answers_are_counted_and_kept_as_one_goes(
    phone: Page, seats: Desks, report: SelfInspectionReport
) -> None:
    open_as_clerk(phone, seats, report)
    answered = phone.locator(".save-bar [data-answered]")
    first = phone.locator("fieldset", has_text="Article 3(1)")
    second = phone.locator("fieldset", has_text="Article 3(2)")
    reason = second.get_by_label("Why it does not apply")
    expect(reason).to_be_hidden()

    first.get_by_label("checked and fine").check()
    expect(answered).to_have_text("1")
    second.get_by_label("not applicable").check()
    expect(answered).to_have_text("2")
    expect(phone.get_by_text("Say why clause 3(2)")).to_be_visible()
    reason.fill("无特种作业")
    reason.blur()

    expect(phone.locator("[data-autosave-status][data-state=saved]")).to_be_visible()
    assert stored() == {
        "order-10-2023/3(1)": ("fine", ""),
        "order-10-2023/3(2)": ("not_applicable", "无特种作业"),
    }


def test_without_a_script_one_press_answers_the_rest(
    plain: Page, seats: Desks, report: SelfInspectionReport
) -> None:
    open_as_clerk(plain, seats, report)
    third = plain.locator("fieldset", has_text="Article 3(3)")
    third.get_by_label("not applicable").check()
    third.get_by_label("Why it does not apply").fill("无冶炼")

    plain.get_by_role("button", name="Mark everything unanswered").click()

    expect(plain.get_by_text("Answered 12 / 12")).to_be_visible()
    answers = stored()
    assert answers.pop("order-10-2023/3(3)") == ("not_applicable", "无冶炼")
    assert set(answers.values()) == {("fine", "")}


def test_the_enter_key_saves_and_answers_nothing_else(
    plain: Page, seats: Desks, report: SelfInspectionReport
) -> None:
    open_as_clerk(plain, seats, report)
    third = plain.locator("fieldset", has_text="Article 3(3)")
    third.get_by_label("not applicable").check()
    third.get_by_label("Why it does not apply").fill("无冶炼")

    plain.keyboard.press("Enter")

    expect(plain.get_by_text("Answered 1 / 12")).to_be_visible()
    assert stored() == {"order-10-2023/3(3)": ("not_applicable", "无冶炼")}
