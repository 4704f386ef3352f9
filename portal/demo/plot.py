"""Which story each enterprise and quarter gets."""

import datetime as dt

from accounts.services import policies
from hazards.queries.deadlines import due_for
from hazards.rules.deadlines import SHANGHAI, Due
from hazards.rules.quarters import Quarter
from portal.demo import checks, duties, lives, material, moments
from portal.demo.proofs import Proofs
from portal.demo.stories import Story, Telling
from portal.demo.world import Company, Desk, World, acting

FIRST = Quarter(2025, 2)
# Days into a quarter until which people are still busy with the one before.
_FILING_DAYS = 15


def present_quarter(today: dt.date) -> Quarter:
    """The quarter on which people are working."""
    return Quarter.containing(today - dt.timedelta(days=_FILING_DAYS))


def all_stories(world: World, proofs: Proofs, *, now: dt.datetime) -> list[Story]:
    """Every enterprise's quarters, from the first it owes to the present one."""
    now = now.astimezone(SHANGHAI)
    today = now.date()
    present = present_quarter(today)
    dues = {
        (desk.bureau.pk, quarter): due_for(desk.bureau, quarter, on=today)
        for desk in (world.city, world.county)
        for quarter in Quarter.range(FIRST, present)
    }
    told: list[Story] = [
        duties.tick(world, first=FIRST, now=now),
        _policy(world.city),
        *lives.all_lives(world, proofs, now=now),
        *checks.all_checks(world, proofs, now=now),
    ]
    for company in world.companies:
        first = max(FIRST, Quarter.containing(company.firm.established_on))
        quarters = list(Quarter.range(first, present))
        for ago, quarter in zip(
            range(len(quarters) - 1, -1, -1), quarters, strict=True
        ):
            telling = Telling(company, quarter, proofs, ago=ago)
            due = dues[company.desk.bureau.pk, quarter]
            if quarter == present:
                told.append(_present(telling, now))
            elif quarter.next() == present and company.firm.relief:
                told.append(_relieved(company, quarter, due, now))
            else:
                told.append(_past(telling, due, present))
    return told


def _policy(desk: Desk) -> Story:
    """The head of a bureau decides what the law leaves open."""
    at = dt.datetime(2025, 12, 12, 10, 20, tzinfo=SHANGHAI)
    yield at
    policies.set_policy(
        bureau=desk.bureau,
        name="prompt_report_hours",
        value="12",
        starts_on=dt.date(2026, 1, 1),
        reason="局务会议决定：发现重大事故隐患后12小时内报告的，视为及时。",
        by=acting(desk.head, at),
        at=at,
    )


def _relieved(company: Company, quarter: Quarter, due: Due, now: dt.datetime) -> Story:
    """A quarter of which nothing is filed, and the bureau knows why."""
    if company.firm.relief == material.WAIVED:
        return duties.waive(company, quarter, due_on=due.on)
    return duties.stop(company, quarter, now=now)


def _takes_part(company: Company, quarter: Quarter, present: Quarter) -> bool:
    """Whether the principal comes along: once a year, in a quarter of his own."""
    if company.firm.habit == material.PRINCIPAL_ABSENT:
        return quarter.year < present.year and quarter.number == 3
    return quarter.number == 2 + company.firm.ordinal % 2


def _past(telling: Telling, due: Due, present: Quarter) -> Story:
    """A quarter gone by: most filed in time, some late, returned or missing."""
    company, quarter, dice = telling.company, telling.quarter, telling.dice
    fate = dice.random()
    if fate < 0.02:
        return
    offset = dice.choice((dice.randint(36, 54), dice.randint(74, 86)))
    yield from telling.visit(
        _inside(telling, moments.on_or_before(_day(quarter.starts_on, offset))),
        with_principal=_takes_part(company, quarter, present),
        confirmed=company.firm.habit != material.UNCONFIRMED
        or quarter.year < present.year,
    )
    if fate < 0.04:
        # Inspected, and never reported.
        return
    late = fate < 0.11
    signed_on = (
        moments.on_or_after(_day(due.on, dice.randint(1, 12)))
        if late
        else moments.on_or_before(_day(due.on, -dice.randint(0, 6)))
    )
    yield from telling.draft(moments.on_or_before(_day(signed_on, -4)))
    yield from telling.send(moments.on_or_before(_day(signed_on, -2)))
    if dice.random() < 0.05:
        yield from telling.send_back()
    yield from telling.sign(signed_on)
    yield from _answered(telling)


def _answered(telling: Telling) -> Story:
    """The bureau's answer, some days after the receipt."""
    dice = telling.dice
    reviewer = dice.choice(telling.company.desk.reviewers)
    taken_up_on = moments.on_or_after(_day(telling.at.date(), dice.randint(1, 6)))
    if dice.random() < 0.3:
        yield from telling.take_up(taken_up_on, reviewer)
    if dice.random() < 0.14:
        yield from telling.hand_back(telling.by_day(taken_up_on), reviewer)
        yield from telling.correct()
    yield from telling.accept(dice.randint(1, 5), reviewer)


def _present(telling: Telling, now: dt.datetime) -> Story:
    """The present quarter, as far as the enterprise has got, reckoned back from now."""
    firm, quarter, today = telling.firm, telling.quarter, now.date()
    if firm.present == "none":
        return
    # Those who have not got far began later, so that all desks look lived in.
    ago = 9 + firm.ordinal % 9
    yield from telling.visit(
        _inside(telling, moments.on_or_before(_day(today, -ago))),
        with_principal=firm.present == "awaiting"
        or _takes_part(telling.company, quarter, quarter),
        confirmed=firm.present != "awaiting" and firm.habit != material.UNCONFIRMED,
    )
    if firm.present == "visited":
        return
    yield from telling.draft(moments.on_or_before(_day(today, -6)))
    if firm.present == "draft":
        return
    yield from telling.send(moments.on_or_before(_day(today, -5)))
    if firm.present != "awaiting":
        yield from _filed(telling, now)


def _filed(telling: Telling, now: dt.datetime) -> Story:
    """The rest of the present quarter, once the report is with the bureau."""
    firm, today = telling.firm, now.date()
    filed_on = moments.on_or_before(_day(today, -2 - firm.ordinal % 3))
    if firm.present == "unsigned":
        yield from telling.lodge_unsigned(filed_on)
        return
    yield from telling.sign(filed_on)
    reviewers = telling.company.desk.reviewers
    if firm.present == "under-review":
        yesterday = moments.on_or_before(_day(today, -1))
        yield from telling.take_up(yesterday, reviewers[firm.ordinal % 2])
    elif firm.present == "accepted":
        yield from telling.accept(0, reviewers[firm.ordinal % 2])
    elif firm.present == "returned":
        just_now = max(telling.at, now - dt.timedelta(minutes=30))
        yield from telling.hand_back(just_now, reviewers[0])


def _inside(telling: Telling, day: dt.date) -> dt.date:
    """The day, or the nearest in the quarter on which the portal knew the firm."""
    earliest = max(telling.quarter.starts_on, telling.firm.joined_on)
    return min(max(day, earliest), telling.quarter.ends_on)


def _day(day: dt.date, days: int) -> dt.date:
    return day + dt.timedelta(days=days)
