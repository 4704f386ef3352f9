"""What an act left behind: its event, and whom it told."""

from accounts.models import Acting, Delivery, Event, Notice
from hazards.models import (
    MajorHazard,
    SelfInspection,
    SelfInspectionReport,
    SpotCheck,
)


def last_event(
    thing: SelfInspection | SelfInspectionReport | MajorHazard | SpotCheck,
    *,
    action: str = "",
) -> Event:
    """The latest event about the thing."""
    events = Event.objects.about(thing)
    if action:
        events = events.filter(action=action)
    event = events.last()
    assert event is not None
    return event


def told(kind: str) -> set[int]:
    """The people who got a notice of the kind, each with an open or done delivery."""
    notices = Notice.objects.filter(kind=kind)
    for notice in notices:
        assert notice.subject
        channels = Delivery.objects.filter(notice=notice).values_list("channel")
        assert {channel for (channel,) in channels} == {"inbox", "email"}
    return {notice.recipient_id for notice in notices if notice.recipient_id}


def people(*actings: Acting) -> set[int]:
    """Their user ids."""
    return {acting.user.pk for acting in actings}


def written() -> tuple[int, int, int]:
    """How many events, notices and deliveries there are."""
    return Event.objects.count(), Notice.objects.count(), Delivery.objects.count()
