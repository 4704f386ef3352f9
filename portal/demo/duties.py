"""The clock of the demonstration."""

import datetime as dt

from accounts.models import User
from accounts.services import deliveries
from hazards.queries.deadlines import due_for
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter
from hazards.services import clock, scans
from portal.demo.stories import Story
from portal.demo.world import World

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
