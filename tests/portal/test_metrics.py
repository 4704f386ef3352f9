"""/metrics tells how the clock and its messages are, to whoever has the token."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from hazards.models import Obligation
from portal.models import Heartbeat
from tests.factories_reports import make_desks
from tests.hazards.clock.conftest import run, shanghai

TOKEN = "a token of twenty characters"

pytestmark = pytest.mark.django_db


def ask(token: str = TOKEN) -> dict[str, float]:
    answer = Client().get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    families = text_string_to_metric_families(answer.content.decode())
    return {sample.name: sample.value for each in families for sample in each.samples}


@override_settings(METRICS_TOKEN="")
def test_without_a_token_of_its_own_there_is_no_such_page() -> None:
    for header in ({}, {"authorization": "Bearer "}):
        assert Client().get("/metrics", headers=header).status_code == 404


@override_settings(METRICS_TOKEN=TOKEN)
@pytest.mark.parametrize(
    "said", ["", "Bearer ", "Bearer wrong", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x"]
)
def test_another_token_is_refused_and_nothing_told(said: str) -> None:
    answer = Client().get("/metrics", headers={"authorization": said})
    assert answer.status_code == 401
    assert b"portal_" not in answer.content


@override_settings(METRICS_TOKEN=TOKEN)
def test_a_new_portal_has_nothing_to_tell_of() -> None:
    told = ask()
    assert told["portal_clock_due_unmoved"] == 0
    assert told["portal_deliveries_oldest_age_seconds"] == 0
    assert "portal_heartbeat_age_seconds" not in told


@override_settings(METRICS_TOKEN=TOKEN)
def test_runs_waiting_messages_and_the_oldest_age_are_told() -> None:
    make_desks(assigned_on=dt.date(2026, 4, 16))
    run(shanghai("2026-04-16 00:00"))
    run(shanghai("2026-07-16 08:00"))
    Heartbeat.objects.record(sent_at=timezone.now(), written_at=timezone.now())
    told = ask()
    assert told["portal_clock_last_run_rows_moved"] == 1
    assert told["portal_clock_rows_moved_in_a_day"] == 1
    assert told["portal_deliveries_waiting"] > 0
    assert told["portal_deliveries_oldest_age_seconds"] > 0
    assert 0 <= told["portal_heartbeat_age_seconds"] < 60


@override_settings(METRICS_TOKEN=TOKEN)
def test_what_is_due_and_not_moved_is_told_with_its_age() -> None:
    make_desks(assigned_on=dt.date(2026, 4, 16))
    run(shanghai("2026-04-16 00:00"))
    Obligation.objects.update(opened_at=shanghai("2026-04-16 00:00"))
    told = ask()
    due = Obligation.objects.get(kind="quarter").due_at
    assert told["portal_clock_due_unmoved"] == 1
    age = (timezone.now() - due).total_seconds()
    assert told["portal_clock_due_unmoved_oldest_age_seconds"] == pytest.approx(
        age, abs=60
    )


@override_settings(METRICS_TOKEN=TOKEN)
def test_asking_costs_the_same_however_much_there_is() -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            ask()
        return len(captured)

    make_desks(assigned_on=dt.date(2026, 4, 16))
    run(shanghai("2026-07-16 08:00"))
    before = cost()
    for _ in range(3):
        make_desks(assigned_on=dt.date(2026, 4, 16))
    run(shanghai("2026-07-17 08:00"))
    assert cost() == before
