"""The page of a spot check: of an enterprise with a long record, and of none."""

import datetime as dt
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, Role, User
from accounts.services import memberships
from hazards.models import CheckKind, MajorHazard, SpotCheck
from hazards.services import hazards, registrations, reports, spot_checks
from hazards.services.check_plans import CheckPlan
from portal.benchmark.measures import Claim, Outcome, Rate, in_turn
from portal.benchmark.places import Servers
from portal.benchmark.sample import (
    LAST,
    OPENED_ON,
    Firm,
    Office,
    acting,
    hazard_of,
    instant,
    make_firm,
    make_office,
)

HAZARDS, QUARTERS = 500, 40
"""Of an enterprise with a long record: ten years of reports."""
DATABASE = "benchmark_check_page"

Say = Callable[[str], None]


def measure_check_page(
    servers: Servers,
    outcome: Outcome,
    *,
    rounds: int,
    say: Say,
    found: int = HAZARDS,
    over: int = QUARTERS,
) -> None:
    """
    Add what the page of an approved check costs where the enterprise has so many
    hazards and quarters on record, beside the page of one that has none.

    :raises FalseResultError: if a page does not show what it should, or asks the
        database more for a long record
    """
    with servers.database(DATABASE):
        servers.use(DATABASE)
        say(f"Writing {over} quarters and {found} hazards of one enterprise …")
        office = make_office()
        officers = [_seat(f"inspector-{each}", Role.INSPECTOR, office) for each in "ab"]
        head = _seat("head", Role.BUREAU_HEAD, office)
        long = _approved(_with_hazards(office, found, over), officers, head)
        empty = _approved(make_firm(office, "00000002", over=[]), officers, head)
        servers.settle(DATABASE)
        held = MajorHazard.objects.filter(enterprise=long.enterprise).count()
        outcome.check(held > found, f"{held:,} hazards are on record")
        _check_queries(long, empty, officers[0].user, outcome)
        with servers.web(DATABASE) as visitor:
            visitor.sign_in(officers[0].user)
            pages: dict[str, Callable[[], str]] = {
                f"spot check, {held:,} hazards and {over} quarters": (
                    lambda: visitor.get(_address(long))
                ),
                "spot check, nothing on record": lambda: visitor.get(_address(empty)),
            }
            for get, check in zip(pages.values(), (long, empty), strict=True):
                outcome.check(check.number in get(), f"{check.number} is shown")
                get()
            done = in_turn(pages, rounds=rounds, times=5)
    ours, other = (Rate(name, rate, "requests/s") for name, rate in done.items())
    # "At most 1.5 times as long" is said in requests: at least 1 / 1.5 of them.
    claim = "check of a long record by check of an empty one"
    outcome.claims.append(Claim(claim, ours, other, 1 / 1.5))


def _check_queries(
    long: SpotCheck, empty: SpotCheck, reader: User, outcome: Outcome
) -> None:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(reader)
    asked = []
    for check in (long, empty):
        client.get(_address(check), secure=True)
        with CaptureQueriesContext(connection) as captured:
            client.get(_address(check), secure=True)
        asked.append(len(captured))
    outcome.check(
        asked[0] == asked[1], f"both ask the database {asked[1]} times: {asked[0]}"
    )


def _with_hazards(office: Office, found: int, over: int) -> Firm:
    """An enterprise that filed so many quarters, and registers so many hazards."""
    firm = make_firm(office, "00000001", over=[LAST.shifted(n) for n in range(over)])
    at = instant(LAST.shifted(over).next().starts_on)
    by = acting(firm.clerk, at)
    report = reports.start(quarter=LAST.shifted(over), by=by, at=at)
    for _ in range(found):
        stated = hazards.describe(
            report_id=report.pk, description=hazard_of(firm, at=at), by=by, at=at
        )
        registrations.register(
            report_id=report.pk, hazard_id=stated.hazard_id, by=by, at=at
        )
    return firm


def _approved(firm: Firm, officers: list[Membership], head: Membership) -> SpotCheck:
    at = instant(LAST.next().starts_on)
    plan = CheckPlan(
        kind=CheckKind.PLANNED,
        matters=("major-hazard-rectification", "order-10-2023"),
        purpose="年度计划内的重点检查企业。",
        plan_reference="年度安全生产监督检查计划",
        planned_on=acting(officers[0], at).on,
        officers=tuple(officer.pk for officer in officers),
    )
    planned = spot_checks.plan(
        enterprise_id=firm.enterprise.pk, plan=plan, by=acting(officers[0], at), at=at
    )
    return spot_checks.approve(check_id=planned.pk, by=acting(head, at), at=at)


def _address(check: SpotCheck) -> str:
    return reverse("check", args=[check.public_id])


def _seat(username: str, role: Role, office: Office) -> Membership:
    at = dt.datetime.combine(OPENED_ON, dt.time(0), tzinfo=dt.UTC)
    user = User(username=username, full_name="李四", joined_at=at)
    user.set_unusable_password()
    user.save(force_insert=True)
    return memberships.begin(
        Membership(
            user=user,
            role=role,
            bureau=office.bureau,
            certificate_number="辽铁执0001" if role == Role.INSPECTOR else "",
            starts_on=OPENED_ON,
        ),
        by=None,
        at=at,
    )
