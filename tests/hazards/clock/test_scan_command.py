"""`manage scan` does a missed night anew, and adds nothing the second time."""

import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Notice
from hazards.models import ComplianceFlag, FlagEvent, Reminder, Scan
from hazards.queries.clock import database_now
from tests.factories_reports import Desks, make_desks
from tests.hazards.clock.conftest import flags_of, of_quarter

NIGHT = "2026-07-16T08:00:00+08:00"


def scan(*args: str) -> str:
    said = io.StringIO()
    call_command("scan", *args, stdout=said)
    return said.getvalue()


def test_a_missed_night_is_done_anew_as_of_its_instant(opened: Desks) -> None:
    (line,) = scan("--as-of", NIGHT, "--json").splitlines()
    printed = json.loads(line)
    assert printed["as_of"] == "2026-07-16T08:00:00+08:00"
    assert (printed["moved"], printed["flags_raised"]) == (1, 2)
    assert printed["reminders"] >= 1
    assert printed["notices"] == Notice.objects.filter(kind="digest").count() > 0
    assert flags_of(of_quarter(opened))["missing_quarter"] == "standing"
    event = FlagEvent.objects.get(flag__kind="missing_quarter")
    assert event.at == dt.datetime.fromisoformat(NIGHT)


def test_a_second_time_adds_nothing(opened: Desks) -> None:
    scan("--as-of", NIGHT)
    kept = (ComplianceFlag, FlagEvent, Notice, Reminder)
    before = [model.objects.count() for model in kept]
    printed = json.loads(scan("--as-of", NIGHT, "--json"))
    del printed["as_of"], printed["share"]
    assert not any(printed.values())
    assert [model.objects.count() for model in kept] == before


@pytest.mark.django_db
def test_what_was_opened_is_printed_and_kept() -> None:
    make_desks(assigned_on=dt.date(2026, 4, 16))
    printed = scan("--as-of", "2026-04-16T00:00:00+08:00")
    # The second quarter and the year; nothing from before is owed here.
    assert "         2 duties opened" in printed
    assert Scan.objects.get().opened == 2


@pytest.mark.django_db
def test_without_an_instant_it_is_that_of_the_database() -> None:
    before = database_now()
    scan()
    assert before <= Scan.objects.get().at <= database_now()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("yesterday", "is no instant"),
        ("2026-07-16T00:00:00", "write 2026-07-16T00:00:00+08:00 for Shanghai"),
        ("2999-01-01T00:00:00+08:00", "has not come yet"),
        ("0001-01-01T00:00:00+08:00", "check the year"),
    ],
)
def test_an_instant_that_cannot_be_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(CommandError) as refused:
        scan("--as-of", text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not Scan.objects.exists()
