"""/healthz says when what is due waits for the clock, and when no heads come."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import SupervisionAssignment
from hazards.models import ClockFault, Obligation
from hazards.rules.deadlines import SHANGHAI
from tests.factories import NOW, make_enterprise

MINUTE = dt.timedelta(minutes=1)


def parts() -> dict[str, str]:
    answer = Client().get("/healthz")
    found: dict[str, str] = json.loads(answer.content)["parts"]
    assert (answer.status_code == 503) == ("failed" in found.values())
    return found


def make_duty(*, due_at: dt.datetime, opened_at: dt.datetime = NOW) -> Obligation:
    enterprise = make_enterprise()
    return Obligation.objects.create(
        enterprise=enterprise,
        kind="quarter",
        year=2026,
        quarter_number=2,
        bureau=SupervisionAssignment.objects.get(enterprise=enterprise).bureau,
        due_at=due_at,
        named_on=due_at.date(),
        due_is_provisional=False,
        state="not_due",
        outlook="missing",
        opened_at=opened_at,
    )


@pytest.mark.parametrize("step", ["move", "follow"])
@pytest.mark.django_db(transaction=True)
def test_what_waits_longer_than_a_quarter_of_an_hour_is_a_failure(step: str) -> None:
    now = timezone.now()
    assert parts()["clock"] == "ok"
    make_duty(due_at=now - 14 * MINUTE)
    # Of an import: long due, and here since a minute.
    make_duty(due_at=now - 90 * MINUTE, opened_at=now - MINUTE)
    assert parts()["clock"] == "ok"
    late = make_duty(due_at=now - 16 * MINUTE)
    assert parts()["clock"] == "failed"
    ClockFault.objects.create(
        enterprise=late.enterprise,
        step=step,
        error="told on the clock's page",
        at=now,
        next_try_at=now,
    )
    assert parts()["clock"] == "ok"


@pytest.mark.parametrize(
    ("days_ago", "said"), [(0, "ok"), (1, "ok"), (2, "failed"), (None, "unknown")]
)
@pytest.mark.django_db
def test_heads_that_do_not_come_for_more_than_a_day_are_a_failure(
    tmp_path: Path, days_ago: int | None, said: str
) -> None:
    if days_ago is not None:
        day = timezone.now().astimezone(SHANGHAI).date() - dt.timedelta(days=days_ago)
        (tmp_path / f"heads-{day}.jsonl").touch()
    with override_settings(HEADS_DIR=str(tmp_path)):
        assert parts()["heads"] == said
