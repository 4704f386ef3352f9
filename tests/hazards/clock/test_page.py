"""The operator sees what the clock did and what waits, and settles what it parked."""

import pytest
from django.test import override_settings

from accounts.models import Notice, Role
from hazards.models import ClockFault, ReminderLine, Scan
from hazards.services import digests
from tests.factories import make_acting, queries_of, signed_in
from tests.factories_reports import Desks, make_desks
from tests.hazards.clock.conftest import run, shanghai

LATER = "2026-07-28 09:00"


def test_the_page_names_runs_openings_and_faults(opened: Desks) -> None:
    run(shanghai("2026-07-16 08:00"))
    ClockFault.objects.create(
        enterprise=opened.enterprise,
        step="move",
        error="DataError: value out of range",
        at=shanghai("2026-07-16 08:00"),
        next_try_at=shanghai("2026-07-16 08:10"),
    )
    page = signed_in(make_acting(Role.OPERATOR)).get("/clock/").content.decode()
    assert "DataError: value out of range" in page
    assert opened.enterprise.uscc in page
    assert opened.enterprise.name not in page
    assert "flags raised 2" in page
    assert "2026Q2" in page
    assert "Nothing is parked." in page


@override_settings(LATE_REMINDERS_A_RUN=0)
@pytest.mark.parametrize("decision", ["send", "drop"])
def test_parked_reminders_are_sent_or_dropped_once(
    opened: Desks,
    decision: str,
) -> None:
    operator = make_acting(Role.OPERATOR)
    at = shanghai(LATER)
    parked = run(at)
    assert parked.parked > 0
    told = Notice.objects.get(kind="reminders_parked")
    assert (told.recipient, told.path) == (operator.user, "/clock/")
    client = signed_in(operator)
    assert "Drop them" in client.get("/clock/").content.decode()

    fields = {"run": parked.pk, "decision": decision}
    answer = client.post("/clock/parked/", fields, follow=True)
    assert answer.status_code == 200
    assert "Nothing is parked." in answer.content.decode()
    digests.write_digests(at=at)
    written = Notice.objects.filter(kind="digest").count()
    assert written == (ReminderLine.objects.count() if decision == "send" else 0)
    assert client.post("/clock/parked/", fields).status_code == 409


@pytest.mark.django_db
@pytest.mark.parametrize("run_id", ["", "x", "0", "999", "9" * 30])
def test_a_run_that_is_none_is_not_found(run_id: str) -> None:
    client = signed_in(make_acting(Role.OPERATOR))
    answer = client.post("/clock/parked/", {"run": run_id, "decision": "send"})
    assert answer.status_code == 404


def test_the_page_costs_the_same_however_much_there_is(
    opened: Desks,
) -> None:
    client = signed_in(make_acting(Role.OPERATOR))
    run(shanghai("2026-07-16 08:00"))
    before = queries_of(client, "/clock/")
    for _ in range(3):
        make_desks(assigned_on=shanghai("2026-04-16 00:00").date())
    run(shanghai(LATER))
    run(shanghai("2026-07-29 09:00"))
    assert Scan.objects.count() > 3
    assert queries_of(client, "/clock/") == before
