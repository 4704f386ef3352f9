"""Removing what no report needs: attachments nothing refers to, files without a row."""

import datetime as dt
from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from hazards.models import Attachment, MajorHazard
from hazards.services.attachments import address, hold

# An upload, and the form that goes with it, may be under way that long.
KEPT_FOR = dt.timedelta(days=1)


def remove_unused(*, at: dt.datetime) -> None:
    """
    Remove attachments that nothing has referred to for a day, then files that have no
    row: what a crash between file and row left, and what the removed rows named.
    """
    before = at - KEPT_FOR
    for attachment in _unreferred().filter(uploaded_at__lt=before):
        _remove(attachment)
    for name in _stray_files(before):
        _remove_file(name)


def _unreferred() -> QuerySet[Attachment]:
    """Those to which no row of any table refers."""
    return Attachment.objects.filter(
        *(
            ~Exists(
                QuerySet(relation.related_model).filter(
                    **{relation.field.name: OuterRef("pk")}
                )
            )
            for relation in Attachment._meta.related_objects
        )
    )


def _remove(attachment: Attachment) -> None:
    """The row first: a row without its file must never be."""
    digests = _digests(attachment)
    with transaction.atomic():
        hold(digests)
        if _is_on_record(attachment):
            return
        # Asked again, now that nobody can begin to refer to it.
        _unreferred().filter(pk=attachment.pk).delete()
    for digest in digests:
        _remove_file(address(digest))


def _digests(attachment: Attachment) -> list[str]:
    return [d for d in (attachment.sha256, attachment.preview_sha256) if d]


def _is_on_record(attachment: Attachment) -> bool:
    """Whether a hazard was registered with it, even if no version shows it now."""
    return MajorHazard.objects.filter(
        enterprise=attachment.enterprise_id,
        registered_as__photos__contains=[{"sha256": attachment.sha256}],
    ).exists()


def _remove_file(name: str) -> None:
    """Remove the file unless some enterprise's row names its digest."""
    digest = name.rsplit("/", 1)[-1]
    with transaction.atomic():
        hold([digest])
        named = Attachment.objects.filter(Q(sha256=digest) | Q(preview_sha256=digest))
        if not named.exists():
            default_storage.delete(name)


def _stray_files(before: dt.datetime) -> Iterator[str]:
    """Files last written before the moment that no row names; a query a folder."""
    for first in _folders("attachments"):
        found = {
            name: f"attachments/{first}/{second}/{name}"
            for second in _folders(f"attachments/{first}")
            for name in default_storage.listdir(f"attachments/{first}/{second}")[1]
        }
        for name in found.keys() - _named(first):
            if default_storage.get_modified_time(found[name]) < before:
                yield found[name]


def _named(first: str) -> set[str]:
    """The digests that rows name and that begin so."""
    beyond = f"{int(first, 16) + 1:02x}" if first != "ff" else "g"
    return {
        digest
        for field in ("sha256", "preview_sha256")
        for digest in Attachment.objects.filter(
            **{f"{field}__gte": first, f"{field}__lt": beyond}
        ).values_list(field, flat=True)
    }


def _folders(path: str) -> list[str]:
    try:
        return sorted(default_storage.listdir(path)[0])
    except FileNotFoundError:
        return []
