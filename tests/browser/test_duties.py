"""Pages of duties, flags and stops, on a phone and a desk, in both languages."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from hazards.models import ComplianceFlag
from hazards.services import clock, suspensions, unreachable, waivers
from hazards.services.suspensions import Stop
from tests.access.world import World, make_world
from tests.browser.layout import assert_fits
from tests.browser.test_hostile_texts import signed_in
from tests.factories import NOW
from tests.factories_reports import make_scan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def make_history(world: World) -> None:
    """A quarter waived for a while, a stop answered, flags of several kinds."""
    desks = world.desks
    later = NOW + dt.timedelta(days=200)
    unreachable.raise_flags([desks.enterprise.pk], at=NOW)
    waivers.grant(
        obligation=world.duty,
        reason="该季度本局系统停用，企业已补报纸质材料。",
        expires_on=dt.date(2026, 12, 31),
        by=desks.reviewer,
        at=NOW,
    )
    stop = Stop(dt.date(2025, 5, 1), dt.date(2025, 5, 31), "限电停产", make_scan(desks))
    row = suspensions.declare(stop=stop, by=desks.clerk, at=NOW)
    suspensions.answer(
        suspension_id=row.pk,
        confirmed=True,
        reason="用电记录一致。",
        by=desks.reviewer,
        at=NOW,
    )
    clock.move_due(at=later)
    clock.look_again(at=later)


def addresses(world: World, reader: str) -> list[str]:
    """The pages that tell the reader something about the duties."""
    enterprise = world.desks.enterprise
    shared = [
        reverse("obligation", args=[world.duty.public_id]),
        *(
            reverse("flag", args=[flag.public_id])
            for flag in ComplianceFlag.objects.filter(enterprise=enterprise)
        ),
        *(
            reverse("obligation", args=[row.public_id])
            for row in enterprise.obligations.filter(kind="participation")[:1]
        ),
        *(
            reverse("suspension", args=[stop.public_id])
            for stop in enterprise.suspensions.all()
        ),
        reverse("enterprise-flags", args=[enterprise.public_id]),
        reverse("suspensions"),
    ]
    if reader == "clerk":
        return [*shared, reverse("suspension-declare")]
    return [
        *shared,
        reverse("suspensions") + "?answered=1",
        reverse("obligation-waive", args=[world.duty.public_id]),
        reverse("enterprise-founding", args=[enterprise.public_id]),
    ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_duties_fit_and_are_accessible(
    browser: Browser,
    live_server: LiveServer,
    language: str,
    assert_accessible: Callable[[Page], None],
) -> None:
    world = make_world()
    make_history(world)
    for reader in ("clerk", "reviewer"):
        context = signed_in(browser, world, reader, live_server.url)
        context.add_cookies(
            [{"name": "django_language", "value": language, "url": live_server.url}]
        )
        page = context.new_page()
        for address in addresses(world, reader):
            page.goto(live_server.url + address)
            assert_fits(page)
            assert_accessible(page)
        context.close()
