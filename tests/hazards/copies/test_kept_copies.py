"""The first making of a copy is kept and handed out for years (promise S4)."""

import datetime as dt
import hashlib
import logging
from pathlib import Path

import pytest
from django.conf import settings
from django.db import ProgrammingError, transaction
from django.urls import reverse

from accounts.models import Event
from hazards import tasks
from hazards.models import CopyOfRecord, ReportStatus, Seal
from hazards.queries.copies import with_all_a_copy_needs
from hazards.services import copies
from tests.database.stages import stage
from tests.factories import NOW, signed_in
from tests.factories_reports import Desks, correct, make_report

LATER = NOW + dt.timedelta(days=3650)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


@stage
def seal(desks: Desks) -> Seal:
    report = make_report(desks, status=ReportStatus.RECEIVED)
    return Seal.objects.get(version__report=report)


def address(seal: Seal) -> str:
    report = seal.version.report
    return reverse("report-copy", args=[report.public_id, seal.version.ordinal])


def the_file(store: Path) -> Path:
    (file,) = store.glob("copies/*/*.pdf")
    return file


def test_the_job_keeps_a_copy_of_every_seal_once(desks: Desks, store: Path) -> None:
    correct(make_report(desks, status=ReportStatus.RETURNED), desks)

    tasks.keep_copies()
    tasks.keep_copies()

    kept = {copy.seal_id: copy for copy in CopyOfRecord.objects.all()}
    assert kept.keys() == set(Seal.objects.values_list("pk", flat=True))
    for copy in kept.values():
        content = (store / copies.place_of(copy.sha256)).read_bytes()
        assert hashlib.sha256(content).hexdigest() == copy.sha256
        assert (len(content), copy.template) == (copy.size, copies.TEMPLATE_VERSION)


def test_the_job_is_in_the_one_schedule() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["keep-copies"]

    assert entry["task"] == tasks.keep_copies.name
    assert entry["schedule"] == 30.0


# S4
def test_years_later_the_same_bytes_are_handed_out(
    seal: Seal, desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = signed_in(desks.clerk).get(address(seal))

    # Another template, another name on the account, another name of the enterprise.
    monkeypatch.setattr(copies, "made", lambda seal: b"%PDF-of-tomorrow")
    desks.principal.user.full_name = "改名"
    desks.principal.user.save()
    again = signed_in(desks.reviewer).get(address(seal))
    tasks.keep_copies()

    assert first.status_code == again.status_code == 200
    assert first.content.startswith(b"%PDF-1")
    assert again.content == first.content
    assert CopyOfRecord.objects.get().sha256 == (
        hashlib.sha256(first.content).hexdigest()
    )


# S4
def test_the_download_and_the_job_make_the_same_bytes(seal: Seal, desks: Desks) -> None:
    made = copies.made(with_all_a_copy_needs().get(pk=seal.pk))
    desks.principal.user.full_name = "改名"
    desks.principal.user.save()
    desks.bureau.name = "改名后的局"

    assert signed_in(desks.clerk).get(address(seal)).content == made


def test_a_copy_is_a_download_that_does_nothing_in_the_browser(
    seal: Seal, desks: Desks
) -> None:
    response = signed_in(desks.clerk).get(address(seal))

    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="{seal.receipt_number}.pdf"'
    )
    assert response.headers["Content-Security-Policy"] == (
        "sandbox; default-src 'none'"
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response.headers["Cache-Control"]


def test_who_took_a_copy_is_on_record(seal: Seal, desks: Desks) -> None:
    signed_in(desks.reviewer).get(address(seal))

    event = Event.objects.get(action="take-copy")
    assert (event.by, event.membership) == (
        desks.reviewer.user,
        desks.reviewer.membership,
    )
    assert event.parameters["receipt"] == seal.receipt_number
    assert event.enterprise == desks.enterprise


@pytest.mark.parametrize("damage", ["changed", "cut", "gone"])
def test_a_kept_file_that_is_not_what_was_kept_is_never_handed_out(
    seal: Seal, desks: Desks, store: Path, damage: str
) -> None:
    tasks.keep_copies()
    file = the_file(store)
    content = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(content[:-9] if damage == "cut" else b"%PDF-1" + content[6:-1])

    response = signed_in(desks.clerk).get(address(seal))

    assert response.status_code == 409
    assert "damaged or gone" in response.content.decode()
    assert not Event.objects.filter(action="take-copy").exists()


def test_a_write_that_broke_off_is_made_good(seal: Seal, store: Path) -> None:
    made = copies.made(with_all_a_copy_needs().get(pk=seal.pk))
    place = store / copies.place_of(hashlib.sha256(made).hexdigest())
    place.parent.mkdir(parents=True)
    place.write_bytes(made[:100])

    tasks.keep_copies()

    assert place.read_bytes() == made
    assert [file.name for file in place.parent.iterdir()] == [place.name]


def test_one_seal_that_cannot_be_set_holds_up_no_other(
    desks: Desks, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    correct(make_report(desks, status=ReportStatus.RETURNED), desks)
    bad = Seal.objects.earliest("id")
    make = copies.made

    def made(seal: Seal) -> bytes:
        if seal.pk == bad.pk:
            msg = "cannot be set"
            raise ValueError(msg)
        return make(seal)

    monkeypatch.setattr(copies, "made", made)
    with caplog.at_level(logging.ERROR):
        tasks.keep_copies()

    assert CopyOfRecord.objects.get().seal != bad
    assert bad.receipt_number in caplog.text


def test_a_kept_copy_is_never_changed_or_deleted(seal: Seal) -> None:
    tasks.keep_copies()

    for change in (
        lambda: CopyOfRecord.objects.update(size=1),
        lambda: CopyOfRecord.objects.all().delete(),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


def test_a_version_without_a_later_signature_has_no_copy_of_one(
    seal: Seal, desks: Desks
) -> None:
    report = seal.version.report
    url = reverse("report-later-copy", args=[report.public_id, 1])

    assert signed_in(desks.clerk).get(url).status_code == 404


def test_the_storage_that_forgets_is_noticed_before_the_row(
    seal: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "_digest_of", lambda place: "0" * 64)

    with pytest.raises(OSError, match="does not give back"):
        copies.kept(seal, at=LATER)
    assert not CopyOfRecord.objects.exists()
