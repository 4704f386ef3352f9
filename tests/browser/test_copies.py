"""What one signed, its denial, and the public page, on a phone and on a desk."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from hazards.models import ReportStatus, Seal
from hazards.queries.copies import code_of
from tests.browser.layout import assert_narrow
from tests.factories import TODAY, signed_in
from tests.factories_reports import Desks, make_desks, make_report

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def seats(db: None) -> Desks:
    return make_desks(on=TODAY)


@pytest.fixture
def seal(seats: Desks) -> Seal:
    report = make_report(seats, status=ReportStatus.RECEIVED)
    return Seal.objects.get(version__report=report)


def speak(page: Page, language: str) -> None:
    page.goto("/")
    name = settings.LANGUAGE_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": language, "url": page.url}])


def sign_in(page: Page, seats: Desks) -> None:
    session = signed_in(seats.principal).cookies[settings.SESSION_COOKIE_NAME].value
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": session, "url": page.url}])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_fit_a_phone_and_are_accessible(
    phone: Page,
    seats: Desks,
    seal: Seal,
    language: str,
    assert_accessible: Callable[[Page], None],
) -> None:
    speak(phone, language)
    addresses = [
        reverse("verify"),
        reverse("verify-code", args=[code_of(seal)]),
        reverse("verify-code", args=["nonsense"]),
        reverse("signatures"),
        reverse("signature-repudiate", args=[seal.receipt_number]),
        reverse("report-version", args=[seal.version.report.public_id, 1]),
    ]
    sign_in(phone, seats)
    for address in addresses:
        phone.goto(address)

        assert_narrow(phone)
        assert_accessible(phone)


def test_a_signature_is_denied_without_a_script(
    plain: Page, seats: Desks, seal: Seal
) -> None:
    speak(plain, "en")
    sign_in(plain, seats)
    plain.goto(reverse("signatures"))
    plain.get_by_role("link", name=f"I did not sign {seal.receipt_number}").click()

    plain.get_by_label("Reason").fill("My telephone was stolen that day.")
    plain.get_by_role("button", name="Put on record that I did not sign").click()

    expect(plain.get_by_text("On the record.")).to_be_visible()
    expect(plain.get_by_text("you deny this signature")).to_be_visible()
    expect(plain.get_by_role("link", name="I did not sign")).to_have_count(0)
