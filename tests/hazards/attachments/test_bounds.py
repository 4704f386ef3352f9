"""Nothing that is sent costs more than it may (S17)."""

import io
import json
import struct
import subprocess
import sys
import zlib
from dataclasses import asdict, replace
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.test import Client

from accounts.permissions import RefusedError
from hazards.models import Attachment
from hazards.rules.limits import LIMITS, limit
from hazards.services import attachments, uploads
from tests.factories import NOW, TODAY
from tests.factories_reports import Desks, make_report
from tests.hazards.attachments.files import make_photo, pdf, picture, upload
from tests.hazards.attachments.test_content import TERMS

# Resident memory of the process that opens a file, megabytes.
MOST_MEMORY = 200


def flood(width: int, height: int, *, rows: int = 1) -> bytes:
    """A small PNG that says how large it is, with so many rows of black behind."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    packer = zlib.compressobj(9)
    row = bytes(width + 1)
    packed = b"".join(packer.compress(row) for _ in range(rows)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", packed)
        + chunk(b"IEND", b"")
    )


def many_pages(number: int, *, said: int | None = None) -> bytes:
    """A document of so many pages, that says another number of itself."""

    def lie(document: pikepdf.Pdf) -> None:
        if said is not None:
            document.Root.Pages.Count = said

    return pdf(number, lie)


def tail_in_mouth(document: pikepdf.Pdf) -> None:
    """A tree of pages that never ends."""
    document.Root.Pages.Kids.append(document.Root.Pages)


BOMBS = {
    "a picture of three billion pixels": (flood(60_000, 50_000), "too many pixels"),
    "a picture that unpacks to 400 MB": (
        flood(20_000, 20_000, rows=20_000),
        "too many pixels",
    ),
    "fifty thousand pages": (many_pages(50_000), "more than 200 pages"),
    "more pages than it says": (many_pages(201, said=1), "more than 200 pages"),
    "pages without end": (pdf(1, tail_in_mouth), "damaged or incomplete"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_with_a_sentence_and_in_little_memory(
    name: str, tmp_path: Path
) -> None:
    content, sentence = BOMBS[name]
    (tmp_path / "upload").write_bytes(content)
    measured = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], env={'MALLOC_ARENA_MAX': '1'},"
        " stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    child = [sys.executable, "-m", "hazards.services.recoding", str(tmp_path)]

    done = subprocess.run(  # noqa: S603 (our own module)
        [sys.executable, "-c", measured, *child, json.dumps(asdict(TERMS))],
        cwd=settings.BASE_DIR,
        capture_output=True,
        check=True,
    )

    assert int(done.stdout) < MOST_MEMORY * 1024
    assert not (tmp_path / "kept").exists()
    with pytest.raises(RefusedError, match=sentence):
        uploads.recoded(upload(content), on=TODAY)


def test_a_document_that_says_too_much_of_itself_is_taken_as_it_is() -> None:
    taken = uploads.recoded(upload(many_pages(2, said=1_000_000)), on=TODAY)

    assert taken.pages == 2


def test_what_needs_more_memory_than_there_may_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "upload").write_bytes(picture("PNG", size=(4000, 3000)))

    little = replace(TERMS, memory=80 * 1024**2)

    assert uploads.run(tmp_path, TERMS)["refused"] == ""
    assert uploads.run(tmp_path, little)["refused"] == "heavy"


def test_what_needs_more_time_than_there_may_be_is_ended(tmp_path: Path) -> None:
    (tmp_path / "upload").write_bytes(picture("PNG", size=(4000, 3000)))

    # The kernel ends it before the libraries are loaded.
    assert uploads.run(tmp_path, replace(TERMS, seconds=0))["refused"] == "heavy"


def test_a_file_that_is_too_large_is_not_opened() -> None:
    largest = limit("upload_bytes", on=TODAY)
    with pytest.raises(RefusedError, match="larger than 20 MB"):
        uploads.recoded(upload(picture() + bytes(largest)), on=TODAY)


@pytest.mark.django_db
def test_a_request_that_is_too_large_is_refused_by_its_head(client: Client) -> None:
    body = io.BytesIO(b"nobody reads this")

    response = client.generic(
        "POST",
        "/account/login/",
        body.getvalue(),
        headers={"content-length": str(settings.LARGEST_REQUEST + 1)},
        CONTENT_LENGTH=str(settings.LARGEST_REQUEST + 1),
    )

    assert response.status_code == 413
    assert "64 MB" in response.content.decode()


def test_the_room_of_an_enterprise_ends(desks: Desks) -> None:
    room = limit("enterprise_bytes", on=TODAY)
    Attachment.objects.create(
        enterprise=desks.enterprise,
        sha256="0" * 64,
        media_type="application/pdf",
        size=room - 500,
        pages=1,
        original_name="large",
        uploaded_at=NOW,
        uploaded_by=desks.clerk.membership,
    )

    with pytest.raises(RefusedError, match="fill the 2048 MB"):
        attachments.keep(
            upload(picture()), enterprise=desks.enterprise, by=desks.clerk, at=NOW
        )

    assert Attachment.objects.count() == 1


def test_a_hazard_shows_so_many_files_and_no_more(desks: Desks) -> None:
    report = make_report(desks)
    photo = make_photo(report, desks)
    most = limit("photos_per_hazard", on=TODAY)
    for ordinal in range(2, most + 1):
        photo.pk, photo.ordinal = None, ordinal
        photo.attachment = Attachment.objects.create(
            enterprise=desks.enterprise,
            sha256=f"{ordinal:064x}",
            media_type="application/pdf",
            size=1,
            pages=1,
            original_name="one more",
            uploaded_at=NOW,
            uploaded_by=desks.clerk.membership,
        )
        photo.save()

    with pytest.raises(RefusedError, match=f"at most {most} photos"):
        attachments.add_photo(
            upload(pdf()),
            report_id=report.pk,
            hazard_id=photo.hazard_id,
            keep_position=False,
            by=desks.clerk,
            at=NOW,
        )

    assert photo.version.photos.count() == most


@pytest.mark.parametrize("name", LIMITS)
def test_every_limit_says_why(name: str) -> None:
    assert all(one.value > 0 and one.reason for one in LIMITS[name])
    assert limit(name, on=LIMITS[name][0].since.replace(year=2000)) == (
        LIMITS[name][0].value
    )
