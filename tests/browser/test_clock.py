"""The operator's page of the clock fits a phone and is accessible, full and empty."""

from collections.abc import Callable

import pytest
from django.test import override_settings
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from hazards.models import ClockFault, Drift, SelfCheck
from tests.browser.layout import assert_narrow
from tests.factories import make_acting, signed_in
from tests.factories_reports import make_desks
from tests.hazards.clock.conftest import of_quarter, run, shanghai

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AT = shanghai("2026-07-28 09:00")


def make_everything() -> None:
    """Something under every heading."""
    desks = make_desks(assigned_on=shanghai("2026-04-16 00:00").date())
    run(shanghai("2026-04-16 00:00"))
    run(AT)
    ClockFault.objects.create(
        enterprise=desks.enterprise,
        step="follow",
        error="DataError: " + "a_name_without_any_place_to_break_" * 4,
        at=AT,
        next_try_at=AT,
    )
    check = SelfCheck.objects.create(
        day=AT.date(), number=0, of=2, started_at=AT, checked=2000, drifts=1
    )
    Drift.objects.create(
        check_run=check,
        enterprise=desks.enterprise,
        obligation=of_quarter(desks),
        what="remind_at",
        stored="–",
        expected="to come",
        followed=True,
        at=AT,
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@override_settings(LATE_REMINDERS_A_RUN=0)
def test_the_page_fits_and_is_accessible(
    phone: Page,
    live_server: LiveServer,
    assert_accessible: Callable[[Page], None],
    language: str,
) -> None:
    operator = make_acting(Role.OPERATOR)
    session = signed_in(operator).cookies["sessionid"].value
    phone.context.add_cookies(
        [
            {"name": name, "value": value, "url": live_server.url}
            for name, value in (("sessionid", session), ("django_language", language))
        ]
    )
    for is_full in (False, True):
        if is_full:
            make_everything()
        phone.goto("/clock/")
        assert_narrow(phone)
        assert_accessible(phone)
