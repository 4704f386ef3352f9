"""Telling people: a notice is written in the transaction of what it is about."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.template.loader import render_to_string
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
        _written(kind=kind, user=user, values=values, language=user.language)
        for user in people.values()
    ]
    for notice, user in zip(notices, people.values(), strict=True):
        notice.key = f"{kind}:{cause}:{user.pk}"
        notice.at, notice.path = at, path
        notice.recipient, notice.enterprise, notice.bureau = user, enterprise, bureau
    keys = [notice.key for notice in notices]
    known = set(Notice.objects.filter(key__in=keys).values_list("key", flat=True))
    Notice.objects.bulk_create(
        [n for n in notices if n.key not in known], ignore_conflicts=True
    )
    _open_deliveries(keys=[key for key in keys if key not in known], at=at)


def _written(
    *, kind: str, user: User, values: dict[str, object], language: str
) -> Notice:
    """A notice with its words, in the language given."""
    with translation.override(language):
        text = render_to_string(f"notices/{kind}.txt", {**values, "recipient": user})
    subject, _, body = text.strip().partition("\n")
    return Notice(
        kind=kind,
        language=language,
        subject=subject.strip(),
        body=body.strip(),
        parameters=values,
    )


def _open_deliveries(*, keys: list[str], at: dt.datetime) -> None:
    """One row per channel; the inbox has it at once."""
    rows = []
    for notice in Notice.objects.filter(key__in=keys).select_related("recipient"):
        rows.append(
            Delivery(
                notice=notice,
                channel=Channel.INBOX,
                state=DeliveryState.SENT,
                sent_at=at,
                next_try_at=at,
            )
        )
        if notice.recipient and notice.recipient.email:
            rows.append(
                Delivery(
                    notice=notice,
                    channel=Channel.EMAIL,
                    address=notice.recipient.email,
                    next_try_at=at,
                )
            )
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
