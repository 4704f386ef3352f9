"""
The clock of the demonstration, and what takes a duty away: a stop that the bureau
confirmed, one that it has not answered, a quarter that it waived.
"""

import datetime as dt

from django.core.files.base import ContentFile

from accounts.models import User
from accounts.services import deliveries
from hazards.models import Obligation, Suspension
from hazards.queries.deadlines import due_for
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter
from hazards.services import attachments, clock, scans, suspensions, waivers
from hazards.services.suspensions import Stop
from portal.demo import material, moments
from portal.demo.pictures import picture
from portal.demo.stories import Story
from portal.demo.world import Company, World, acting

_AFTER_MIDNIGHT = dt.time(0, 5)


def tick(world: World, *, first: Quarter, now: dt.datetime) -> Story:
    """
    Let the clock run when a quarter begins and when one has come due. Nobody is
    reminded of what is past by now.
    """
    quarters = list(Quarter.range(first, Quarter.containing(now.date())))
    days = {quarter.starts_on for quarter in quarters}
    for desk in (world.city, world.county):
        for quarter in quarters:
            due = due_for(desk.bureau, quarter, on=now.date())
            days.add(due.on + dt.timedelta(days=1))
    for day in sorted(days):
        at = dt.datetime.combine(day, _AFTER_MIDNIGHT, tzinfo=SHANGHAI)
        yield at
        scans.prepare(at=at)
        clock.move_due(at=at)
        clock.look_again(at=at)


def run(*, now: dt.datetime) -> None:
    """
    Let the clock run as of now, the first time that people are reminded: from today on
    everybody has an address, which leads nowhere.
    """
    people = User.objects.filter(memberships__enterprise__isnull=False, email="")
    for user in people.distinct():
        user.email = f"{user.username}@example.org"
        user.save(update_fields=["email"])
    scans.scan(at=now)
    # To where the demonstration's mails go: a log.
    while deliveries.deliver_waiting(at=now):
        pass


def stop(company: Company, quarter: Quarter, *, now: dt.datetime) -> Story:
    """Stand still for the whole quarter; the bureau confirms it, or has not yet."""
    confirmed = company.firm.relief == material.STOP_CONFIRMED
    declared_on = _day(quarter.starts_on, 5) if confirmed else _day(now.date(), -5)
    at = _morning(declared_on)
    yield at
    by = acting(company.clerk, at)
    evidence = attachments.keep(
        ContentFile(picture(material.dice("stop")), name="停产通知及封存照片.jpg"),
        enterprise=company.enterprise,
        by=by,
        at=at,
    )
    declared = suspensions.declare(
        stop=Stop(
            from_on=_day(quarter.starts_on, -3),
            to_on=None,
            reason=material.STOP_REASON,
            evidence=evidence,
        ),
        by=by,
        at=at,
    )
    if confirmed:
        yield from _confirmed(company, declared, quarter)


def _confirmed(company: Company, declared: Suspension, quarter: Quarter) -> Story:
    at = _morning(_day(quarter.starts_on, 9))
    yield at
    suspensions.answer(
        suspension_id=declared.pk,
        confirmed=True,
        reason=material.STOP_ANSWER,
        by=acting(company.desk.reviewers[0], at),
        at=at,
    )
    at = _morning(_day(quarter.ends_on, 4))
    yield at
    suspensions.resume(
        suspension_id=declared.pk,
        to_on=_day(quarter.ends_on, 3),
        by=acting(company.clerk, at),
        at=at,
    )


def waive(company: Company, quarter: Quarter, *, due_on: dt.date) -> Story:
    """Miss the quarter, and have it waived by the bureau some days later."""
    at = _morning(_day(due_on, 8))
    yield at
    waivers.grant(
        obligation=Obligation.objects.of_quarter(quarter).get(
            enterprise=company.enterprise
        ),
        reason=material.WAIVER_REASON,
        expires_on=None,
        by=acting(company.desk.head, at),
        at=at,
    )


def _morning(day: dt.date) -> dt.datetime:
    day = moments.on_or_after(day)
    return dt.datetime.combine(day, dt.time(9, 40), tzinfo=SHANGHAI)


def _day(day: dt.date, days: int) -> dt.date:
    return day + dt.timedelta(days=days)
