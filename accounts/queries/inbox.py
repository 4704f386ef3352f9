"""Reads of what a person was told."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Channel, Delivery, DeliveryState, Notice, User
from accounts.queries.paging import PAGE_SIZE, after_row


@dataclass(frozen=True)
class InboxRow:
    """A notice and whether it waits to be read."""

    notice: Notice
    is_unread: bool


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
    return InboxPage(
        rows=[InboxRow(row, bool(row.unread)) for row in shown],
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


def _unread() -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        notice=OuterRef("pk"), channel=Channel.INBOX, state=DeliveryState.SENT
    )
