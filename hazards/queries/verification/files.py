"""Stored files against the digests under which they are kept."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import OuterRef, Subquery

from accounts.models import Enterprise
from hazards.models import Attachment
from hazards.queries.verification import found
from hazards.queries.verification.found import Fault


def faults(address: Callable[[str], str], uscc: str | None = None) -> Iterator[Fault]:
    """
    Yield the attachments whose file is gone or holds other bytes; reads every file, a
    piece at a time.

    :param address: where in the store the bytes of a digest are
    :param uscc: read this enterprise's only
    """
    owner = Enterprise.objects.filter(pk=OuterRef("enterprise_id"))
    attachments = Attachment.objects.annotate(uscc=Subquery(owner.values("uscc")))
    if uscc is not None:
        attachments = attachments.filter(uscc=uscc)
    rows: Iterator[Any] = attachments.order_by("pk").iterator(found.BATCH)
    for attachment in rows:
        for what in _wrong_with(attachment, address):
            yield Fault(
                attachment.uscc or "",
                "",
                "",
                f"attachment {attachment.public_id}: {what}",
            )


def _wrong_with(attachment: Attachment, address: Callable[[str], str]) -> Iterator[str]:
    for column in ("sha256", "preview_sha256"):
        digest = getattr(attachment, column)
        if not digest:
            continue
        try:
            with default_storage.open(address(digest)) as file:
                now = hashlib.file_digest(file, "sha256").hexdigest()
                size = file.size
        except OSError as error:
            yield f"the file of its {column} cannot be read ({error.strerror})"
            continue
        if now != digest:
            yield f"the bytes of its file do not give its {column}"
        elif column == "sha256" and size != attachment.size:
            yield f"its size is {size} bytes, not {attachment.size}"
