"""A hazard's story, the board and the list, on a phone."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from hazards.models import HazardActKind, HazardProgress, Moment
from hazards.services import attachments
from hazards.services.lives import Doing, Evidence
from tests.browser.test_receipts import Walk
from tests.factories_lives import do, planned_hazard, reported_hazard
from tests.factories_reports import make_desks
from tests.hazards.attachments.files import picture, upload

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_story_a_board_and_a_list_fit_a_phone_and_are_accessible(
    phone: Page,
    live_server: LiveServer,
    assert_accessible: Callable[[Page], None],
    language: str,
) -> None:
    seats, now = make_desks(on=timezone.localdate()), timezone.now()
    late = timezone.localdate() - dt.timedelta(days=2)
    hazard = planned_hazard(seats, at=now - dt.timedelta(days=20), due_on=late)
    reported_hazard(seats, at=now - dt.timedelta(days=3))
    evidence = [
        Evidence(
            attachments.keep(
                upload(picture(size=(640, 480 + number)), "现场照片.jpg"),
                enterprise=seats.enterprise,
                by=seats.clerk,
                at=now,
            ),
            moment,
        )
        for number, moment in enumerate((Moment.BEFORE, Moment.AFTER))
    ]
    do(
        hazard,
        HazardActKind.PROGRESS,
        seats.clerk,
        at=now,
        doing=Doing(text="积水已抽排，管段已更换。", evidence=evidence),
        then=lambda life: HazardProgress.objects.create(act=life.act, funds_spent=2),
    )
    walk = Walk(phone, live_server, assert_accessible)
    for person in (seats.clerk, seats.reviewer):
        walk.sit_down(person, language)
        walk.open("hazards")
        phone.goto(f"{live_server.url}/hazards/{hazard.public_id}/")
        walk.look()
    phone.goto(f"{live_server.url}/hazards/?order=age&overdue=on&state=never")
    walk.look()
    walk.sit_down(seats.principal, language)
    phone.goto(f"{live_server.url}/hazards/?ended=1")
    walk.look()
