"""Reads of what a person was told."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import (
    Channel,
    Delivery,
    DeliveryState,
    Notice,
    Trouble,
    User,
)
from accounts.queries.paging import PAGE_SIZE, after_row


@dataclass(frozen=True)
class WayOut:
    """How far a notice got on one channel outside the portal."""

    channel: Channel
    # Where it goes, in the recipient's own words or as the recipient's own address.
    to: str
    state: DeliveryState
    sent_at: dt.datetime | None
    trouble: Trouble | None

    @property
    def is_given_up(self) -> bool:
        """Whether it will not arrive there although it was still wanted."""
        return self.state == DeliveryState.PARKED and self.trouble != Trouble.OVERTAKEN


@dataclass(frozen=True)
class InboxRow:
    """A notice, whether it waits to be read, and how it got out."""

    notice: Notice
    is_unread: bool
    ways: list[WayOut]

    @property
    def is_given_up(self) -> bool:
        """Whether some address outside the portal will not get it."""
        return any(way.is_given_up for way in self.ways)


@dataclass(frozen=True)
class InboxPage:
    """Some notices, newest first, and where the next page begins."""

    rows: list[InboxRow]
    next_after: str
    has_unread: bool


def inbox_page(*, user: User, after: str = "") -> InboxPage:
    """Read a page of a person's inbox."""
    mine = Notice.objects.visible_to(user)
    rows = after_row(mine, "at", "id", after=after, newest_first=True)
    found = list(rows.annotate(unread=Exists(_unread()))[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    ways = _ways_out(shown)
    return InboxPage(
        rows=[InboxRow(row, bool(row.unread), ways[row.pk]) for row in shown],
        next_after=str(shown[-1].public_id) if len(found) > PAGE_SIZE else "",
        has_unread=count_unread(user=user) > 0,
    )


def count_unread(*, user: User) -> int:
    """How many notices wait to be read."""
    return Delivery.objects.filter(
        notice__recipient=user, channel=Channel.INBOX, state=DeliveryState.SENT
    ).count()


def is_unread(notice: Notice) -> bool:
    """Whether the notice waits to be read."""
    return notice.deliveries.filter(
        channel=Channel.INBOX, state=DeliveryState.SENT
    ).exists()


def ways_out(notice: Notice) -> list[WayOut]:
    """How far a notice got on each channel outside the portal."""
    return _ways_out([notice])[notice.pk]


def _ways_out(notices: Iterable[Notice]) -> Mapping[int, list[WayOut]]:
    found: dict[int, list[WayOut]] = {notice.pk: [] for notice in notices}
    rows = Delivery.objects.filter(notice__in=found).exclude(channel=Channel.INBOX)
    for row in rows.select_related("via").order_by("id"):
        found[row.notice_id].append(
            WayOut(
                channel=Channel(row.channel),
                to=row.via.label if row.via else row.address,
                state=DeliveryState(row.state),
                sent_at=row.sent_at,
                trouble=Trouble(row.trouble) if row.trouble else None,
            )
        )
    return found


def _unread() -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        notice=OuterRef("pk"), channel=Channel.INBOX, state=DeliveryState.SENT
    )
