"""What people see of the clock: their desks and who owes what, on a phone."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from hazards.models import ReportStatus
from tests.browser.test_receipts import Walk
from tests.factories_reports import make_desks
from tests.hazards.views.walking import make_filed, tick

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_desks_and_lists_fit_a_phone_and_are_accessible(
    phone: Page,
    live_server: LiveServer,
    assert_accessible: Callable[[Page], None],
    language: str,
) -> None:
    seats = make_desks(on=timezone.localdate())
    make_filed(seats, ReportStatus.AWAITING_SIGNATURE)
    make_filed(seats, ReportStatus.RETURNED, back=1)
    tick()
    walk = Walk(phone, live_server, assert_accessible)
    for person in (seats.clerk, seats.member, seats.principal, seats.reviewer):
        walk.sit_down(person, language)
        walk.open("desk")
    walk.open("owed")
    phone.goto(f"{live_server.url}/owed/?tab=coming&kind=participation")
    walk.look()
    phone.goto(f"{live_server.url}/owed/?period=never")
    walk.look()
