"""# R12 One bad row among many holds up nobody else, and is tried again."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection, transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from accounts.models import Enterprise, EnterpriseChange, Membership, Role, User
from hazards.models import ClockFault, HazardState, Scan
from hazards.services import scans
from tests.faults.world import LATER, Rows, make_world, state_of_clock, stop_work

SOON = dt.timedelta(minutes=5)
LONGER = dt.timedelta(minutes=11)


EACH = 40
"""Enterprises of each of two bureaus; a module that uses this world names its own."""


@pytest.fixture(scope="module")
def _world(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        make_world(offices=2, each=request.module.EACH)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def world(
    _world: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """The world as it was made, for the length of a test."""
    with (
        override_settings(LATE_REMINDERS_A_RUN=1_000_000),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        yield
        transaction.set_rollback(True)


def run(at: dt.datetime) -> Scan:
    (scan,) = scans.scan(at=at)
    return scan


def undisturbed(at: dt.datetime) -> Rows:
    """To what the clock comes where nothing is in its way."""
    with transaction.atomic():
        run(at)
        state = state_of_clock()
        transaction.set_rollback(True)
    return state


def poison(table: str, operation: str, condition: str, code: str = "P0001") -> None:
    """Let a statement that writes such a row fail, with the error of that code."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(f"""
            CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION 'poisoned' USING ERRCODE = '{code}';
            END $$""")
        cursor.execute(f"""
            CREATE TRIGGER poison BEFORE {operation} ON {table} FOR EACH ROW
            WHEN ({condition}) EXECUTE FUNCTION poison()""")
        cursor.execute("RESET ROLE")


def cure() -> None:
    """Take the trigger away."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET ROLE NONE")
        cursor.execute("DROP FUNCTION poison CASCADE")
        cursor.execute("RESET ROLE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def without(state: Rows, *names: str) -> Rows:
    """The state but for the rows that name one of these codes or people."""
    return {
        table: [row for row in rows if not set(names).intersection(row)]
        for table, rows in state.items()
        if table != "faults"
    }


def some_enterprise() -> Enterprise:
    """One of many, with nothing of its own on record."""
    return Enterprise.objects.filter(name__contains="机械").order_by("id")[33]


def people_of(enterprise: Enterprise) -> list[str]:
    return list(
        User.objects.filter(memberships__enterprise=enterprise).values_list(
            "username", flat=True
        )
    )


def reviewers() -> list[str]:
    office = Membership.objects.filter(role__in=[Role.REVIEWER, Role.BUREAU_HEAD])
    return list(office.values_list("user__username", flat=True))


def queued(enterprise: Enterprise) -> None:
    """Something changed: it stands still."""
    stop_work(enterprise)
    EnterpriseChange.objects.create(enterprise=enterprise, from_on=LATER.date())


def reachable_again(enterprise: Enterprise) -> None:
    """Its flag that nobody can be reached stood since an hour ago."""
    User.objects.filter(memberships__enterprise=enterprise).update(email="")
    run(LATER - dt.timedelta(hours=1))
    User.objects.filter(memberships__enterprise=enterprise).update(email="a@b.cn")


def with_a_hazard_unreported() -> Enterprise:
    return Enterprise.objects.get(hazards__state=HazardState.REGISTERED)


def with_a_hazard_past_its_deadline() -> Enterprise:
    late = Enterprise.objects.filter(hazards__state=HazardState.PLANNED)
    return late.earliest("id")


IT = "NEW.enterprise_id = {id}"
STEPS = {
    "open": ("hazards_obligation", "INSERT", IT),
    "queue": ("hazards_obligation", "UPDATE", f"{IT} AND NEW.outlook = 'pending'"),
    "move": (
        "hazards_obligation",
        "UPDATE",
        f"{IT} AND OLD.state = 'not_due' AND NEW.state = 'missing'",
    ),
    "look": (
        "hazards_complianceflag",
        "INSERT",
        f"{IT} AND NEW.kind = 'quarter_not_inspected'",
    ),
    "unreported": (
        "hazards_complianceflag",
        "INSERT",
        f"{IT} AND NEW.kind = 'hazard_unreported'",
    ),
    "reachable": ("hazards_complianceflag", "UPDATE", IT),
    "remind": ("hazards_reminderline", "INSERT", "NEW.recipient_id = {leader}"),
    "remind-hazards": ("hazards_majorhazard", "UPDATE", IT),
}
SET_ASIDE_IN = {"open": "follow", "queue": "follow"}
BAD = {
    "unreported": with_a_hazard_unreported,
    "remind-hazards": with_a_hazard_past_its_deadline,
}
BEFORE = {"queue": queued, "reachable": reachable_again}


@pytest.mark.parametrize("step", STEPS)
def test_one_bad_enterprise_among_many_is_left_out_and_done_later(
    step: str,
) -> None:
    bad = BAD.get(step, some_enterprise)()
    if step in BEFORE:
        BEFORE[step](bad)
    expected = undisturbed(LATER)
    table, operation, condition = STEPS[step]
    leader = bad.memberships.get(role=Role.TEAM_LEADER).user_id
    poison(table, operation, condition.format(id=bad.pk, leader=leader))

    assert run(LATER).faults == 1
    own = [bad.uscc, *people_of(bad)]
    # A reviewer's digest names all enterprises at once, and is one a day.
    late = [] if step in {"move", "look", "unreported", "reachable"} else reviewers()
    if step == "remind-hazards":
        # They were told of their quarter today; of the hazard they are tomorrow.
        late += people_of(bad)
    own += late
    assert without(state_of_clock(), *own) == without(expected, *own)
    fault = ClockFault.objects.get()
    assert (fault.enterprise, fault.step) == (bad, SET_ASIDE_IN.get(step, step))
    assert "poisoned" in fault.error
    assert state_of_clock() != expected

    cure()
    run(LATER + SOON)
    # Not tried again before its time.
    assert ClockFault.objects.get().tries == fault.tries
    run(fault.next_try_at)
    assert without(state_of_clock(), *late) == without(expected, *late)
    assert not ClockFault.objects.exists()


def test_one_person_whose_digest_cannot_be_written_holds_up_nobody() -> None:
    expected = undisturbed(LATER)
    # A reviewer: every enterprise of the bureau concerns this one person.
    reviewer = Membership.objects.filter(role=Role.REVIEWER).earliest("id").user
    poison("accounts_notice", "INSERT", f"NEW.recipient_id = {reviewer.pk}")

    run(LATER)
    name = reviewer.username
    assert without(state_of_clock(), name) == without(expected, name)
    fault = ClockFault.objects.get()
    assert (fault.person, fault.step) == (reviewer, "digest")

    cure()
    run(LATER + LONGER)
    assert state_of_clock() == expected


def test_each_try_of_a_bad_row_waits_twice_as_long() -> None:
    bad = some_enterprise()
    poison(
        "hazards_obligation",
        "UPDATE",
        f"{IT.format(id=bad.pk)} AND NEW.state <> 'not_due'",
    )
    at, waits = LATER, []
    for _ in range(4):
        run(at)
        fault = ClockFault.objects.get()
        waits.append((fault.next_try_at - at) / dt.timedelta(minutes=10))
        at = fault.next_try_at
    assert waits == [1, 2, 4, 8]


def test_a_fault_that_nothing_is_left_of_is_forgotten() -> None:
    bad = some_enterprise()
    ClockFault.objects.create(
        enterprise=bad, step="unreported", error="x", at=LATER, next_try_at=LATER + SOON
    )
    run(LATER + dt.timedelta(hours=23))
    assert ClockFault.objects.exists()
    run(LATER + SOON + dt.timedelta(days=1, seconds=1))
    assert not ClockFault.objects.exists()


@pytest.mark.parametrize("code", ["40P01", "40001", "55P03", "57014", "53100"], ids=str)
def test_trouble_of_the_database_is_nobodys_fault_and_the_next_run_does_it(
    code: str,
) -> None:
    expected = undisturbed(LATER)
    poison("hazards_flagevent", "INSERT", "true", code)
    with pytest.raises(OperationalError), transaction.atomic():
        run(LATER)
    assert not ClockFault.objects.exists()
    cure()
    run(LATER)
    assert state_of_clock() == expected
