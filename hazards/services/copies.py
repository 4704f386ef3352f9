"""Making copies of record: each is made once, kept, and handed out as it was made."""

import datetime as dt
import hashlib
import logging
from collections.abc import Callable
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Event, Membership, User
from accounts.permissions import RefusedError
from hazards.models import CopyOfRecord, Seal
from hazards.queries.copies import copy_values, qr_of, with_all_a_copy_needs
from hazards.services.typesetting import pdf

logger = logging.getLogger(__name__)

TEMPLATE: Final = "copy-of-record"
TEMPLATE_VERSION: Final = f"{TEMPLATE}/2"
"""Raised with every change of the template, so that copies can be told apart."""
BATCH: Final = 100


def made(seal: Seal) -> bytes:
    """Make the copy from the sealed bytes and the seal; always the same bytes."""
    values = copy_values(seal)
    return pdf(
        TEMPLATE,
        values,
        at=seal.signed_at,
        drawings={
            "qr": qr_of(values["proof"]["address"]),
            "sealed": bytes(seal.content).decode(),
        },
    )


def keep_waiting(*, clock: Callable[[], dt.datetime], limit: int = BATCH) -> int:
    """
    Make and keep copies for seals that have none, oldest first, and say how many. Two
    at once take different seals; one that fails is logged and holds up no other.

    :param clock: asked when each one is made
    """
    tried: list[int] = []
    count = 0
    while count < limit:
        with transaction.atomic():
            seal = _lockable().exclude(pk__in=tried).order_by("id").first()
            if seal is None:
                break
            tried.append(seal.pk)
            count += _kept_or_logged(seal, at=clock())
    return count


def _lockable() -> QuerySet[Seal]:
    """Seals without a copy. The version is locked: seals are never to be updated."""
    return (
        with_all_a_copy_needs()
        .filter(copy__isnull=True)
        .select_for_update(of=("version",), skip_locked=True, no_key=True)
    )


def _kept_or_logged(seal: Seal, *, at: dt.datetime) -> int:
    try:
        with transaction.atomic():
            _keep(seal, at=at)
    except Exception:
        # Whatever is wrong with one, the next is somebody else's.
        logger.exception("No copy could be made of %s", seal.receipt_number)
        return 0
    return 1


def kept(seal: Seal, *, at: dt.datetime) -> CopyOfRecord:
    """Return the copy that is kept; make and keep it now if nobody has yet."""
    known = CopyOfRecord.objects.filter(seal=seal).first()
    if known is not None:
        return known
    with transaction.atomic():
        # Locked, so that of two who come first together one makes it.
        mine = (
            with_all_a_copy_needs()
            .select_for_update(of=("version",), no_key=True)
            .get(pk=seal.pk)
        )
        known = CopyOfRecord.objects.filter(seal=seal).first()
        return known or _keep(mine, at=at)


def hand_out(
    seal: Seal, *, to: User, membership: Membership | None, at: dt.datetime
) -> bytes:
    """
    Return the kept bytes, and write down who took them and when. `membership` is empty
    for whoever takes the copy of an own signature under no role.

    :raises RefusedError: if the kept file is gone or not what was kept
    """
    copy = kept(seal, at=at)
    content = _read(copy)
    report = seal.version.report
    Event.objects.create(
        at=at,
        by=to,
        membership=membership,
        action="take-copy",
        subject_kind="copyofrecord",
        subject_id=copy.pk,
        enterprise=report.enterprise,
        parameters={"receipt": seal.receipt_number, "sha256": copy.sha256},
    )
    return content


def place_of(sha256: str) -> str:
    """Where in the storage a copy of the digest lies."""
    return f"copies/{sha256[:2]}/{sha256}.pdf"


def _keep(seal: Seal, *, at: dt.datetime) -> CopyOfRecord:
    content = made(seal)
    sha256 = hashlib.sha256(content).hexdigest()
    place = place_of(sha256)
    if default_storage.exists(place) and _digest_of(place) != sha256:
        # A write that broke off: no row ever named it.
        default_storage.delete(place)
    if not default_storage.exists(place):
        default_storage.save(place, ContentFile(content))
    # Read back before the row says that it is there.
    if _digest_of(place) != sha256:
        msg = f"The storage does not give back what was written to {place}."
        raise OSError(msg)
    return CopyOfRecord.objects.create(
        seal=seal,
        sha256=sha256,
        template=TEMPLATE_VERSION,
        size=len(content),
        made_at=at,
    )


def _digest_of(place: str) -> str:
    with default_storage.open(place) as file:
        return hashlib.sha256(file.read()).hexdigest()


def _read(copy: CopyOfRecord) -> bytes:
    try:
        with default_storage.open(place_of(copy.sha256)) as file:
            content: bytes = file.read()
    except FileNotFoundError:
        content = b""
    if hashlib.sha256(content).hexdigest() != copy.sha256:
        raise RefusedError(
            _(
                "The copy of record that was kept is damaged or gone, so it is not "
                "handed out. Tell the operator; the sealed report is on its page."
            )
        )
    return content
