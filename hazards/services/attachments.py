"""Keeping files under the digest of their bytes, and showing them with hazards."""

import datetime as dt
import hashlib
import logging
from collections.abc import Iterable

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from accounts.models import Acting, Enterprise
from accounts.permissions import RefusedError
from accounts.services import events
from hazards import permissions
from hazards.models import Attachment, HazardPhoto, SelfInspectionReport
from hazards.rules.limits import limit
from hazards.services.uploads import Recoded, recoded
from hazards.services.versions import locked_open_version

log = logging.getLogger(__name__)


class DamagedFileError(Exception):
    """A stored file is missing, or its bytes are not those of its digest."""


def address(sha256: str) -> str:
    """Where in the store the bytes of a digest are."""
    return f"attachments/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def keep(
    upload: "File[bytes]", *, enterprise: Enterprise, by: Acting, at: dt.datetime
) -> Attachment:
    """
    Keep an upload for an enterprise; the same bytes twice are one attachment. What
    nothing refers to within a day is removed again.

    :raises RefusedError: with what to do, if it is not a sound photo or PDF, or the
        enterprise's room is used up
    """
    taken = recoded(upload, on=by.on)
    with transaction.atomic():
        return _keep(taken, enterprise=enterprise, by=by, at=at)


def add_photo(
    upload: "File[bytes]",
    *,
    report_id: int,
    hazard_id: int,
    keep_position: bool,
    by: Acting,
    at: dt.datetime,
) -> Attachment:
    """
    Keep an upload and show it with a hazard of the report's open version; all or
    nothing. The same photo twice is shown once.

    :raises NotPermittedError: if the person may not write the report now
    :raises RefusedError: with what to do, if the file or one more cannot be taken
    """
    report = SelfInspectionReport.objects.get(pk=report_id)
    permissions.may_edit(by, report).require()
    taken = recoded(upload, on=by.on, keep_position=keep_position)
    with transaction.atomic():
        report = _locked(report_id)
        permissions.may_edit(by, report).require()
        version = locked_open_version(report)
        if not version.stated.filter(hazard_id=hazard_id).exists():
            raise RefusedError(
                _("This hazard is no longer in the report: open the report again.")
            )
        attachment = _keep(taken, enterprise=report.enterprise, by=by, at=at)
        shown = version.photos.filter(hazard_id=hazard_id)
        if not shown.filter(attachment=attachment).exists():
            _require_place(shown.count(), on=by.on)
            last = shown.aggregate(last=Max("ordinal"))["last"] or 0
            HazardPhoto.objects.create(
                version=version,
                hazard_id=hazard_id,
                attachment=attachment,
                ordinal=last + 1,
            )
    return attachment


def remove_photo(
    *, report_id: int, hazard_id: int, attachment_id: int, by: Acting
) -> None:
    """
    Show a photo no longer with a hazard of the open version; earlier versions keep
    it. Done twice is done once.

    :raises NotPermittedError: if the person may not write the report now
    """
    with transaction.atomic():
        report = _locked(report_id)
        permissions.may_edit(by, report).require()
        version = locked_open_version(report)
        version.photos.filter(hazard_id=hazard_id, attachment=attachment_id).delete()


def content_of(attachment: Attachment) -> bytes:
    """
    Return the stored bytes, which are those of the digest.

    :raises DamagedFileError: if they are not
    """
    return _read(attachment.sha256)


def preview_of(attachment: Attachment) -> bytes:
    """
    Return the small picture of an image.

    :raises DamagedFileError: if it is not the one that was stored
    """
    return _read(attachment.preview_sha256)


def record_download(attachment: Attachment, *, by: Acting, at: dt.datetime) -> None:
    """Write down who looked at the full file."""
    events.record(
        action="download-attachment",
        subject=attachment,
        by=by,
        at=at,
        enterprise=attachment.enterprise,
    )


def hold(digests: Iterable[str]) -> None:
    """Let nobody else store or remove the bytes of the digests until this transaction
    ends."""
    with connection.cursor() as cursor:
        for digest in sorted(set(digests)):
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"attachment {digest}"],
            )


def _keep(
    taken: Recoded, *, enterprise: Enterprise, by: Acting, at: dt.datetime
) -> Attachment:
    """Store the files, read them again, then write the row."""
    # One upload of an enterprise at a time, so that its room is counted once.
    Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise.pk)
    preview = hashlib.sha256(taken.preview).hexdigest() if taken.preview else ""
    hold(filter(None, [taken.sha256, preview]))
    known = Attachment.objects.filter(enterprise=enterprise, sha256=taken.sha256)
    attachment = known.first()
    # What officers keep of a finding is never short of an enterprise's room.
    if attachment is None and by.bureau is None:
        _require_room(enterprise, taken, on=by.on)
    # Also where it is known: what was lost or damaged meanwhile is whole again.
    _store(taken.sha256, taken.content)
    if preview:
        _store(preview, taken.preview)
    return attachment or Attachment.objects.create(
        enterprise=enterprise,
        sha256=taken.sha256,
        preview_sha256=preview,
        media_type=taken.media_type,
        size=len(taken.content),
        width=taken.width,
        height=taken.height,
        pages=taken.pages,
        original_name=taken.name,
        keeps_position=taken.keeps_position,
        uploaded_at=at,
        uploaded_by=by.membership,
    )


def _store(sha256: str, content: bytes) -> None:
    default_storage.save(address(sha256), ContentFile(content))
    try:
        _read(sha256)
    except DamagedFileError as error:
        log.exception("a file did not arrive whole in the store")
        raise RefusedError(
            _("The file did not arrive whole in our store: choose it again.")
        ) from error


def _read(sha256: str) -> bytes:
    try:
        with default_storage.open(address(sha256)) as file:
            content: bytes = file.read()
    except FileNotFoundError as error:
        msg = f"{sha256} is missing"
        raise DamagedFileError(msg) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        msg = f"{sha256} holds other bytes"
        raise DamagedFileError(msg)
    return content


def _require_room(enterprise: Enterprise, taken: Recoded, *, on: dt.date) -> None:
    most = limit("enterprise_bytes", on=on)
    used = enterprise.attachments.aggregate(used=Sum("size"))["used"] or 0
    if used + len(taken.content) > most:
        raise RefusedError(
            _(
                "Your enterprise's files fill the %(megabytes)s MB that it has here: "
                "remove photos that no report needs, or ask the operator for more."
            )
            % {"megabytes": most // 1024**2}
        )


def _require_place(shown: int, *, on: dt.date) -> None:
    most = limit("photos_per_hazard", on=on)
    if shown >= most:
        raise RefusedError(
            _(
                "A hazard shows at most %(number)s photos and documents: remove one "
                "first."
            )
            % {"number": most}
        )


def _locked(report_id: int) -> SelfInspectionReport:
    return (
        SelfInspectionReport.objects.select_for_update(of=("self",))
        .select_related("enterprise")
        .get(pk=report_id)
    )
