"""A row never without its file; what nobody needs goes in the night."""

import datetime as dt
import logging
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Event
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import Attachment, HazardPhoto, PaperReceipt
from hazards.queries.attachments import shown_by
from hazards.services import attachments, hazards, registrations, unused_files
from hazards.services.attachments import DamagedFileError, address
from tests.factories import NOW
from tests.factories_reports import Desks, make_desks, make_report
from tests.hazards.attachments.files import make_photo, pdf, picture, upload

DAY = dt.timedelta(days=1)
LATER = NOW + 2 * DAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store() -> Path:
    """A store that holds nothing from other tests."""
    folder = Path(default_storage.path("attachments"))
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    return folder


def files(store: Path) -> set[str]:
    return {path.name for path in store.rglob("*") if path.is_file()}


def age(store: Path) -> None:
    """Let every file have been written at NOW."""
    for path in store.rglob("*"):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))


def keep(desks: Desks, content: bytes | None = None) -> Attachment:
    return attachments.keep(
        upload(content or picture(size=(600, 400))),
        enterprise=desks.enterprise,
        by=desks.clerk,
        at=NOW,
    )


def test_a_file_lies_under_the_digest_of_its_bytes(desks: Desks, store: Path) -> None:
    kept = keep(desks)

    assert files(store) == {kept.sha256, kept.preview_sha256}
    path = store / kept.sha256[:2] / kept.sha256[2:4] / kept.sha256
    assert path.read_bytes() == attachments.content_of(kept)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_the_same_file_twice_is_one(desks: Desks) -> None:
    assert keep(desks) == keep(desks)


def test_two_enterprises_have_a_row_each_and_one_file(
    desks: Desks, store: Path
) -> None:
    first, second = keep(desks), keep(make_desks())

    assert first != second
    assert files(store) == {first.sha256, first.preview_sha256}


def test_the_same_photo_is_shown_once_and_removed_once(desks: Desks) -> None:
    report = make_report(desks)
    photo = make_photo(report, desks)
    what: dict[str, Any] = {
        "report_id": report.pk,
        "hazard_id": photo.hazard_id,
        "by": desks.clerk,
    }

    attachments.add_photo(upload(picture()), keep_position=False, at=NOW, **what)
    assert list(shown_by(report)) == [photo.attachment.sha256]

    for _ in range(2):
        attachments.remove_photo(attachment_id=photo.attachment_id, **what)
    assert shown_by(report) == {}


def test_only_editors_of_a_draft_change_its_photos(desks: Desks) -> None:
    report = make_report(desks)
    photo = make_photo(report, desks)
    what: dict[str, Any] = {"report_id": report.pk, "hazard_id": photo.hazard_id}

    for by in (desks.member, desks.principal, desks.reviewer, make_desks().clerk):
        with pytest.raises(NotPermittedError):
            attachments.add_photo(
                upload(pdf()), keep_position=False, by=by, at=NOW, **what
            )
        with pytest.raises(NotPermittedError):
            attachments.remove_photo(attachment_id=photo.attachment_id, by=by, **what)
    assert HazardPhoto.objects.count() == Attachment.objects.count() == 1


def test_a_hazard_that_was_left_out_takes_no_photo(desks: Desks) -> None:
    report = make_report(desks)
    photo = make_photo(report, desks)
    hazards.leave_out(
        report_id=report.pk, hazard_id=photo.hazard_id, by=desks.clerk, at=NOW
    )

    with pytest.raises(RefusedError, match="no longer in the report"):
        attachments.add_photo(
            upload(pdf()),
            report_id=report.pk,
            hazard_id=photo.hazard_id,
            keep_position=False,
            by=desks.clerk,
            at=NOW,
        )


def test_bytes_that_changed_are_never_shown(
    desks: Desks, store: Path, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    kept = keep(desks)
    client.force_login(desks.clerk.user)
    for name, digest in (
        ("attachment", kept.sha256),
        ("attachment-preview", kept.preview_sha256),
    ):
        path = Path(default_storage.path(address(digest)))
        path.write_bytes(b"something else")
        with caplog.at_level(logging.ERROR):
            answer = client.get(reverse(name, args=[kept.public_id]))
        assert answer.status_code == 500
        assert b"something else" not in answer.content
        assert str(kept.public_id) in caplog.text
        assert desks.clerk.user.full_name not in caplog.text
    # Sent again, it is whole again.
    assert keep(desks) == kept
    assert client.get(reverse("attachment", args=[kept.public_id])).status_code == 200


def test_a_file_that_is_missing_is_said_to_be(desks: Desks) -> None:
    kept = keep(desks)
    default_storage.delete(address(kept.sha256))

    with pytest.raises(DamagedFileError):
        attachments.content_of(kept)


def test_a_crash_between_file_and_row_leaves_a_file_that_goes_in_the_night(
    desks: Desks, store: Path
) -> None:
    with transaction.atomic():
        keep(desks)
        transaction.set_rollback(True)
    assert not Attachment.objects.exists()
    assert len(files(store)) == 2
    age(store)

    unused_files.remove_unused(at=NOW + DAY)
    assert len(files(store)) == 2, "an upload may be under way that long"

    unused_files.remove_unused(at=LATER)
    assert files(store) == set()


def test_a_file_that_was_never_finished_goes_in_the_night(store: Path) -> None:
    default_storage.save(address("ab" * 32) + ".unfinished", ContentFile(b"half"))
    age(store)

    unused_files.remove_unused(at=LATER)

    assert files(store) == set()


def test_what_nothing_refers_to_goes_row_and_files(desks: Desks, store: Path) -> None:
    keep(desks)
    age(store)

    unused_files.remove_unused(at=NOW + DAY)
    assert Attachment.objects.count() == 1

    unused_files.remove_unused(at=LATER)
    unused_files.remove_unused(at=LATER)
    assert not Attachment.objects.exists()
    assert files(store) == set()


def test_what_another_enterprise_shows_stays(desks: Desks, store: Path) -> None:
    photo = make_photo(make_report(desks), desks)
    assert keep(make_desks(), picture()).sha256 == photo.attachment.sha256
    age(store)

    unused_files.remove_unused(at=LATER)

    assert Attachment.objects.get() == photo.attachment
    assert attachments.content_of(photo.attachment)
    assert attachments.preview_of(photo.attachment)


def test_what_a_hazard_was_registered_with_stays(desks: Desks, store: Path) -> None:
    report = make_report(desks)
    photo = make_photo(report, desks)
    what: dict[str, Any] = {
        "report_id": report.pk,
        "hazard_id": photo.hazard_id,
        "by": desks.clerk,
    }
    registrations.register(at=NOW, **what)
    attachments.remove_photo(attachment_id=photo.attachment_id, **what)
    age(store)

    unused_files.remove_unused(at=LATER)

    assert attachments.content_of(photo.attachment)


def test_the_scan_of_a_paper_stays(desks: Desks, store: Path) -> None:
    kept = keep(desks, pdf())
    version = make_report(desks).versions.get()
    PaperReceipt.objects.create(version=version, scan=kept)
    age(store)

    unused_files.remove_unused(at=LATER)

    assert Attachment.objects.get() == kept


def test_each_look_at_the_full_file_is_written_down(
    desks: Desks, client: Client
) -> None:
    kept = keep(desks)
    client.force_login(desks.member.user)

    client.get(reverse("attachment-preview", args=[kept.public_id]))
    assert not Event.objects.about(kept).exists()
    client.get(reverse("attachment", args=[kept.public_id]))

    event = Event.objects.about(kept).get()
    assert (event.action, event.by) == ("download-attachment", desks.member.user)
