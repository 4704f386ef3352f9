"""Stored files against the digests under which they are kept."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import OuterRef, Subquery

from accounts.models import Enterprise
from hazards.models import Attachment, CopyOfRecord
from hazards.queries.verification import found
from hazards.queries.verification.found import Fault

Place = Callable[[str], str]
"""Where in the store the bytes of a digest are."""


def of_attachments(place: Place, uscc: str | None = None) -> Iterator[Fault]:
    """
    Yield the attachments whose file is gone or holds other bytes; reads every file, a
    piece at a time.

    :param uscc: read this enterprise's only
    """
    owner = Enterprise.objects.filter(pk=OuterRef("enterprise_id"))
    attachments = Attachment.objects.annotate(uscc=Subquery(owner.values("uscc")))
    if uscc is not None:
        attachments = attachments.filter(uscc=uscc)
    rows: Iterator[Any] = attachments.order_by("pk").iterator(found.BATCH)
    for row in rows:
        faults = list(_wrong_with(place(row.sha256), row.sha256, row.size))
        if row.preview_sha256:
            faults += _wrong_with(place(row.preview_sha256), row.preview_sha256, None)
        for what in faults:
            yield Fault(
                row.uscc or "", "", "", f"attachment {row.public_id}: its {what}"
            )


def of_copies(place: Place, uscc: str | None = None) -> Iterator[Fault]:
    """Yield the copies of record whose file is gone or holds other bytes; likewise."""
    copies = CopyOfRecord.objects.select_related("seal__version__report__enterprise")
    if uscc is not None:
        copies = copies.filter(seal__version__report__enterprise__uscc=uscc)
    for row in copies.order_by("pk").iterator(found.BATCH):
        report = row.seal.version.report
        for what in _wrong_with(place(row.sha256), row.sha256, row.size):
            yield Fault(
                report.enterprise.uscc,
                report.number,
                row.seal.receipt_number,
                f"copy of record: its {what}",
            )


def _wrong_with(place: str, sha256: str, size: int | None) -> Iterator[str]:
    try:
        with default_storage.open(place) as file:
            now, bytes_now = hashlib.file_digest(file, "sha256").hexdigest(), file.size
    except OSError as error:
        yield f"file {sha256} cannot be read ({error.strerror})"
        return
    if now != sha256:
        yield f"file {sha256} holds other bytes"
    elif size not in (None, bytes_now):
        yield f"size is {size} bytes, that of its file {bytes_now}"
