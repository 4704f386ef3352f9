"""Telling people: a notice is written in the transaction of what it is about."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection
from django.template import Context, Engine
from django.utils import translation

from accounts.models import (
    Bureau,
    Channel,
    Delivery,
    DeliveryState,
    Enterprise,
    Notice,
    OutsideAddress,
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
    portal's inbox, by e-mail where there is an address, and at every address that the
    person has added.

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
    # Only our own rows bear these ids: one left out has its deliveries already.
    written = Notice.objects.filter(
        public_id__in=[notice.public_id for notice in notices]
    )
    open_deliveries(list(written.values_list("pk", flat=True)), at=at)


def tell_at(
    *,
    address: OutsideAddress,
    kind: str,
    cause: str,
    at: dt.datetime,
    path: str = "",
    parameters: Mapping[str, object] | None = None,
) -> None:
    """Tell the owner of an address once about a cause: there, and in the inbox."""
    user = address.user
    values = {**dict(parameters or {}), "recipient": user.full_name}
    notice = _written(kind=kind, values=values, language=user.language)
    notice.key, notice.at, notice.path = f"{kind}:{cause}:{user.pk}", at, path
    notice.recipient = user
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    # One that was left out has its deliveries already.
    written = Notice.objects.filter(public_id=notice.public_id)
    open_deliveries(list(written.values_list("pk", flat=True)), at=at, only_via=address)


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


def open_deliveries(
    notices: Sequence[int],
    *,
    at: dt.datetime,
    only_via: OutsideAddress | None = None,
) -> None:
    """
    Open the deliveries of these notices (their keys), one for each way to their
    recipients, once; the inbox has them at once. With `only_via`, that is the only way
    beside the inbox.
    """
    only = only_via.pk if only_via else None
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"at": at, "notices": list(notices), "only": only})


# All columns that have no default of the database's own are named.
_OPEN = """
    INSERT INTO accounts_delivery (notice_id, channel, address, via_id, state, attempts,
        next_try_at, sent_at, error)
    SELECT notice.id, way.channel, way.address, way.via_id, way.state, 0, %(at)s,
        CASE WHEN way.state = 'sent' THEN %(at)s::timestamptz END, ''
    FROM accounts_notice notice
    JOIN accounts_user person ON person.id = notice.recipient_id
    CROSS JOIN LATERAL (
        SELECT 'inbox' AS channel, '' AS address, NULL::bigint AS via_id,
            'sent' AS state
        UNION ALL
        SELECT 'email', person.email, NULL, 'waiting'
        WHERE person.email <> '' AND %(only)s::bigint IS NULL
        UNION ALL
        SELECT added.kind,
            CASE added.url WHEN '' THEN coalesce(person.mobile, '')
                ELSE added.public_id::text END,
            added.id, 'waiting'
        FROM accounts_outsideaddress added
        WHERE added.user_id = person.id AND added.ended_at IS NULL
            AND coalesce(%(only)s::bigint, added.id) = added.id
    ) way
    WHERE notice.id = ANY(%(notices)s)
    ON CONFLICT DO NOTHING
"""
