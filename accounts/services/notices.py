"""Telling people: a notice is written in the transaction of what it is about."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.template import Context, Engine
from django.utils import translation

from accounts.models import (
    Bureau,
    Channel,
    Delivery,
    DeliveryState,
    Enterprise,
    Notice,
    User,
)


def tell(
    *,
    kind: str,
    cause: str,
    recipients: Iterable[User],
    at: dt.datetime,
    enterprise: Enterprise | None = None,
    bureau: Bureau | None = None,
    path: str = "",
    parameters: Mapping[str, object] | None = None,
) -> None:
    """
    Tell each person once about a cause ("report 17 received version 2"): in the
    portal's inbox, and by e-mail where there is an address.

    The words come from `templates/notices/<kind>.txt` in the person's stored language:
    the first line is the subject. `parameters` are plain JSON values. A second notice
    of the same kind, cause and person is silently left out.
    """
    people = {user.pk: user for user in recipients if user.is_active}
    values = dict(parameters or {})
    notices = [
        _written(
            kind=kind,
            values={**values, "recipient": user.full_name},
            language=user.language,
        )
        for user in people.values()
    ]
    for notice, user in zip(notices, people.values(), strict=True):
        notice.key = f"{kind}:{cause}:{user.pk}"
        notice.at, notice.path = at, path
        notice.recipient, notice.enterprise, notice.bureau = user, enterprise, bureau
    if not notices:
        return
    # A key that is known, or being written by another, leaves its row out.
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    _open_deliveries(notices, at=at)


def tell_address(
    *,
    kind: str,
    cause: str,
    address: str,
    language: str,
    at: dt.datetime,
    enterprise: Enterprise | None = None,
    bureau: Bureau | None = None,
    parameters: Mapping[str, object] | None = None,
) -> None:
    """
    Tell an e-mail address whose holder has no account yet, once about a cause.

    The words come from `templates/notices/<kind>.txt`, as for `tell`.
    """
    notice = _written(kind=kind, values=dict(parameters or {}), language=language)
    notice.key, notice.at = f"{kind}:{cause}:{address}", at
    notice.enterprise, notice.bureau = enterprise, bureau
    if Notice.objects.filter(key=notice.key).exists():
        return
    # Two at once: the second waits for the first, then adds nothing.
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    stored = Notice.objects.get(key=notice.key)
    Delivery.objects.bulk_create(
        [
            Delivery(
                notice=stored, channel=Channel.EMAIL, address=address, next_try_at=at
            )
        ],
        ignore_conflicts=True,
    )


def mark_read(
    *, user: User, at: dt.datetime, notices: Iterable[Notice] | None = None
) -> int:
    """Mark the person's notices in the inbox as read, all or those given."""
    rows = Delivery.objects.filter(
        channel=Channel.INBOX, state=DeliveryState.SENT, notice__recipient=user
    )
    if notices is not None:
        rows = rows.filter(notice__in=list(notices))
    return rows.update(state=DeliveryState.READ, read_at=at)


def _written(*, kind: str, values: dict[str, object], language: str) -> Notice:
    """A notice with its words, in the language given."""
    template = Engine.get_default().get_template(f"notices/{kind}.txt")
    # Plain text: what a page shows of it is escaped there.
    context = Context(values, autoescape=False)
    with translation.override(language):
        text = str(template.render(context)).strip()
    subject, _, body = text.partition("\n")
    return Notice(
        kind=kind,
        language=language,
        subject=" ".join(subject.split())[:200],
        body=body.strip(),
        parameters=values,
    )


def _open_deliveries(notices: list[Notice], *, at: dt.datetime) -> None:
    """One row per channel for each notice that was stored; the inbox has it at once."""
    # Only our own rows bear these ids: one left out has its deliveries already.
    stored = dict(
        Notice.objects.filter(
            public_id__in=[notice.public_id for notice in notices]
        ).values_list("public_id", "pk")
    )
    rows = []
    for notice in notices:
        if notice.public_id not in stored:
            continue
        pk = stored[notice.public_id]
        rows.append(
            Delivery(
                notice_id=pk,
                channel=Channel.INBOX,
                state=DeliveryState.SENT,
                sent_at=at,
                next_try_at=at,
            )
        )
        if notice.recipient and notice.recipient.email:
            rows.append(
                Delivery(
                    notice_id=pk,
                    channel=Channel.EMAIL,
                    address=notice.recipient.email,
                    next_try_at=at,
                )
            )
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
