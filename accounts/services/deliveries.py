"""Sending what waits in the outbox."""

import datetime as dt
import logging
import smtplib
from collections.abc import Sequence
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Channel, Delivery, DeliveryState, Invitation, Notice
from accounts.services import tokens

log = logging.getLogger(__name__)

# Longer than a batch can take: 100 mails at the mail server's 10 s limit are cut by
# the worker's own limit of 300 s.
CLAIMED_FOR = dt.timedelta(minutes=6)
TRIES = 8


def deliver_waiting(*, at: dt.datetime, limit: int = 100) -> int:
    """
    Send a batch of waiting mails over one connection; return how many were accepted.

    Claimed in one short transaction; each is marked in its own statement right after
    the mail server has accepted it, so that a kill repeats at most the one under way.
    A failure waits 1, 2, 4 … minutes; the eighth parks the mail with its error.
    """
    claimed = _claim(at=at, limit=limit)
    if not claimed:
        return 0
    mail = get_connection()
    sent = 0
    try:
        for delivery in claimed:
            sent += _send_one(mail, delivery, at=at)
    finally:
        _close(mail)
    return sent


def _claim(*, at: dt.datetime, limit: int) -> Sequence[Delivery]:
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=at)
    with transaction.atomic():
        ids = list(
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(
                free,
                channel=Channel.EMAIL,
                state=DeliveryState.WAITING,
                next_try_at__lte=at,
            )
            .order_by("next_try_at", "id")
            .values_list("id", flat=True)[:limit]
        )
        Delivery.objects.filter(id__in=ids).update(
            claimed_until=at + CLAIMED_FOR, attempts=F("attempts") + 1
        )
    return list(
        Delivery.objects.filter(id__in=ids)
        .select_related("notice")
        .order_by("next_try_at", "id")
    )


def _send_one(mail: BaseEmailBackend, delivery: Delivery, *, at: dt.datetime) -> int:
    if _is_overtaken(delivery.notice):
        Delivery.objects.filter(pk=delivery.pk).update(
            state=DeliveryState.PARKED, claimed_until=None, error="overtaken"
        )
        return 0
    try:
        # Opened here, so that it stays open for the next mail.
        mail.open()
        _message(delivery, mail).send()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        _postpone(delivery, error=error, at=at)
        # A broken conversation must not be gone on with; the next mail opens anew.
        _close(mail)
        return 0
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.SENT, sent_at=at, claimed_until=None, error=""
    )
    return 1


def _postpone(delivery: Delivery, *, error: Exception, at: dt.datetime) -> None:
    parked = delivery.attempts >= TRIES
    log.warning("delivery %s failed, try %s", delivery.pk, delivery.attempts)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.PARKED if parked else DeliveryState.WAITING,
        next_try_at=at + dt.timedelta(minutes=2 ** (delivery.attempts - 1)),
        claimed_until=None,
        error=f"{type(error).__name__}: {error}"[:300],
    )


def _close(mail: BaseEmailBackend) -> None:
    try:
        mail.close()
    except (OSError, smtplib.SMTPException):
        log.info("the mail server had already gone")


def _message(delivery: Delivery, mail: BaseEmailBackend) -> EmailMessage:
    notice = delivery.notice
    body = "\n\n".join(part for part in (notice.body, _link(notice)) if part)
    return EmailMessage(
        # One line: a header takes nothing after a line break.
        subject=" ".join(notice.subject.split()),
        body=body,
        to=[delivery.address],
        connection=mail,
        headers={
            "X-Notice-Key": str(notice.public_id),
            "Message-ID": f"<{notice.public_id}@{_domain()}>",
            "Date": format_datetime(notice.at),
            "Auto-Submitted": "auto-generated",
        },
    )


def _link(notice: Notice) -> str:
    """The page that a notice is about; for an invitation the link that lets in."""
    invitation = _invitation(notice)
    path = notice.path
    if invitation is not None:
        token = tokens.of_invitation(invitation)
        path = reverse("accept-invitation", args=[token])
    return f"{settings.PORTAL_URL.rstrip('/')}{path}" if path else ""


def _is_overtaken(notice: Notice) -> bool:
    """Whether an invitation was answered, withdrawn or repeated before its mail."""
    return notice.kind == "invitation" and _invitation(notice) is None


def _invitation(notice: Notice) -> Invitation | None:
    if notice.kind != "invitation":
        return None
    return Invitation.objects.filter(
        public_id=notice.parameters["invitation"],
        times_sent=notice.parameters["times_sent"],
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
    ).first()


def _domain() -> str:
    return urlsplit(settings.PORTAL_URL).hostname or "localhost"
