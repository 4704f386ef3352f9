"""
The scheduler was away, clocks were wrong, messages came twice: each thing is done
once, dated as it was due.
"""

import datetime as dt
import os
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections

from accounts.models import Notice
from hazards import tasks
from hazards.models import (
    ComplianceFlag,
    FlagEvent,
    Obligation,
    Opening,
    Reminder,
    ReminderLine,
    Scan,
)
from hazards.queries.clock import database_now
from hazards.rules.quarters import Quarter
from tests.factories_reports import Desks, make_desks
from tests.hazards.clock.conftest import (
    DUE_AT,
    MICROSECOND,
    flags_of,
    of_quarter,
    of_year,
    run,
    shanghai,
)

LAST_RUN = shanghai("2026-07-15 12:00")


# R7
@pytest.mark.parametrize(
    ("days", "current"), [(1, ("quarter_after", 1)), (7, ("quarter_after", 3))]
)
def test_after_some_days_away_a_date_is_flagged_once_and_reminded_of_as_it_stands(
    opened: Desks, days: int, current: tuple[str, int]
) -> None:
    run(LAST_RUN)
    told_before = Notice.objects.filter(kind="digest").count()
    for _ in range(2):
        run(LAST_RUN + dt.timedelta(days=days))
    flag = ComplianceFlag.objects.get(
        obligation=of_quarter(opened), kind="missing_quarter"
    )
    assert dt.datetime.fromisoformat(flag.basis["due_at"]) == DUE_AT
    assert flag.events.count() == 1
    later = Reminder.objects.filter(
        obligation=of_quarter(opened), at__gt=LAST_RUN
    ).values_list("kind", "step")
    assert list(later) == [current]
    # The clerk, the leader and the principal: one digest each.
    assert Notice.objects.filter(kind="digest").count() == told_before + 3


# R7
def test_after_a_hundred_days_each_date_is_done_once_and_the_oldest_first(
    opened: Desks,
) -> None:
    run(LAST_RUN)
    back = LAST_RUN + dt.timedelta(days=100)
    run(back)
    run(back + dt.timedelta(minutes=1))
    raised = FlagEvent.objects.filter(
        flag__kind="missing_quarter", change="raised"
    ).order_by("id")
    dues = [event.flag.obligation.due_at for event in raised if event.flag.obligation]
    third = of_quarter(opened, Quarter(2026, 3))
    assert dues == [DUE_AT, third.due_at]
    taken = Reminder.objects.filter(at__gte=back, obligation__kind="quarter")
    assert set(taken.values_list("obligation", "kind", "step")) == {
        (of_quarter(opened).pk, "quarter_after", 7),
        (third.pk, "quarter_after", 4),
    }
    assert of_quarter(opened, Quarter(2026, 4)).state == "not_due"
    digests = Notice.objects.filter(kind="digest", at__gte=back)
    assert digests.count() == len({digest.recipient_id for digest in digests}) > 0


BORDERS: dict[str, Callable[[Desks], bool]] = {
    # 2026-03-31T16:00Z: the second quarter begins.
    "2026-04-01": lambda desks: is_open(2026, 2),
    "2026-04-16": lambda desks: is_flagged(desks, Quarter(2026, 1)),
    "2026-07-01": lambda desks: is_open(2026, 3),
    "2026-07-16": lambda desks: is_flagged(desks, Quarter(2026, 2)),
    "2026-10-01": lambda desks: is_open(2026, 4),
    "2026-10-16": lambda desks: is_flagged(desks, Quarter(2026, 3)),
    "2027-01-01": lambda desks: flags_of(of_year(desks)) != {},
    "2027-01-16": lambda desks: of_year(desks).state == "missing",
}


def is_open(year: int, number: int) -> bool:
    return Opening.objects.filter(
        kind="quarter", year=year, quarter_number=number
    ).exists()


def is_flagged(desks: Desks, quarter: Quarter) -> bool:
    return "missing_quarter" in flags_of(of_quarter(desks, quarter))


@pytest.fixture
def zone(request: pytest.FixtureRequest, db: None) -> Iterator[str]:
    """Let this process, its jobs and its database session live in a time zone."""
    name: str = request.param
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    celery: Any = tasks.scan.app.conf
    celery_before = settings.CELERY_TIMEZONE
    celery.timezone = name
    _let_the_session_live_in(name)
    yield name
    _let_the_session_live_in(None)
    celery.timezone = celery_before
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def _let_the_session_live_in(name: str | None) -> None:
    session: Any = connections[DEFAULT_DB_ALIAS]
    session.settings_dict["TIME_ZONE"] = name
    for cached in ("timezone", "timezone_name"):
        session.__dict__.pop(cached, None)
    session.ensure_timezone()


# R8
@pytest.mark.parametrize(
    "zone", ["UTC", "Asia/Shanghai", "America/New_York"], indirect=True
)
@pytest.mark.django_db
def test_the_borders_are_those_of_shanghai_whatever_zone_the_machine_is_in(
    zone: str,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW TimeZone")
        assert cursor.fetchone() == (zone,)
    desks = make_desks(assigned_on=dt.date(2026, 3, 20))
    run(shanghai("2026-03-20 00:00"))
    for border, has_come in BORDERS.items():
        at = shanghai(f"{border} 00:00")
        run(at - MICROSECOND)
        assert not has_come(desks), (zone, border)
        run(at.astimezone(dt.UTC))
        assert has_come(desks), (zone, border)


@pytest.fixture
def database_clock(db: None) -> str:
    """A clock of the database that tests set: its own is found after it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (role,) = cursor.fetchone() or ("",)
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("CREATE SCHEMA set_clock")
        cursor.execute(
            "CREATE FUNCTION set_clock.clock_timestamp() RETURNS timestamptz"
            " LANGUAGE sql AS $$ SELECT coalesce(nullif(current_setting("
            "'set.now', true), '')::timestamptz, pg_catalog.clock_timestamp()) $$"
        )
        cursor.execute("GRANT USAGE ON SCHEMA set_clock TO PUBLIC")
        cursor.execute(f'SET LOCAL ROLE "{role}"')
        cursor.execute("SET LOCAL search_path = set_clock, public, pg_catalog")
    return "set.now"


def it_is(at: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('set.now', %s, true)", [at.isoformat()])
    assert database_now() == at


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that is sent runs here, at once."""
    monkeypatch.setattr(
        tasks.scan_share,
        "apply_async",
        lambda *, kwargs, **_: tasks.scan_share(**kwargs),
    )


# R9
def test_a_worker_whose_own_clock_is_ahead_flags_nothing_early(
    database_clock: str, opened: Desks, at_once: None
) -> None:
    # This process's clock is months ahead of the database's.
    it_is(DUE_AT)
    tasks.scan()
    assert of_quarter(opened).state == "not_due"
    # A message stamped by a worker ten minutes ahead.
    ahead = (DUE_AT + dt.timedelta(minutes=10)).isoformat()
    tasks.scan(at=ahead)
    tasks.scan_share(at=ahead, number=1, of=1, park=False)
    assert of_quarter(opened).state == "not_due"
    it_is(DUE_AT + MICROSECOND)
    tasks.scan()
    assert of_quarter(opened).state == "missing"


# R9
@pytest.mark.parametrize("back", [dt.timedelta(hours=1), dt.timedelta(days=1)])
def test_a_clock_that_goes_back_and_forth_undoes_and_repeats_nothing(
    database_clock: str, opened: Desks, at_once: None, back: dt.timedelta
) -> None:
    at = shanghai("2026-07-16 08:00")
    it_is(at)
    tasks.scan()
    kept = (ComplianceFlag, FlagEvent, Reminder, ReminderLine, Notice)
    before = [list(model.objects.order_by("id").values()) for model in kept]
    for instant in (at - back, at, at - back + dt.timedelta(minutes=10), at):
        it_is(instant)
        tasks.scan()
    assert [list(model.objects.order_by("id").values()) for model in kept] == before
    assert of_quarter(opened).state == "missing"


# R6
@pytest.mark.parametrize("seed", range(5))
def test_messages_delivered_again_and_out_of_order_change_nothing(
    opened: Desks, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    sent: list[dict[str, object]] = []
    monkeypatch.setattr(
        tasks.scan_share,
        "apply_async",
        lambda *, kwargs, **_: sent.append(kwargs),
    )
    instants = [
        "2026-06-15 08:00",
        "2026-07-01 08:00",
        "2026-07-12 08:00",
        "2026-07-16 00:00",
        "2026-07-16 08:00",
        "2026-07-17 08:00",
    ]
    for text in instants:
        tasks.scan(at=shanghai(text).isoformat())
        for message in sent[-2:]:
            tasks.scan_share(**message)  # type: ignore[arg-type]
    kept = (Obligation, ComplianceFlag, FlagEvent, Reminder, ReminderLine, Notice)
    before = [list(model.objects.order_by("id").values()) for model in kept]

    again: list[Any] = [*sent, *sent]
    again += [{"at": shanghai(text).isoformat()} for text in instants]
    random.Random(seed).shuffle(again)  # noqa: S311 (an order, no secret)
    for message in again:
        job = tasks.scan_share if "number" in message else tasks.scan
        job(**message)
    assert [list(model.objects.order_by("id").values()) for model in kept] == before
    assert Scan.objects.filter(finished_at=None).count() == 0
