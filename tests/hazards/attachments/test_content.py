"""What a file is, its content decides (S16): about forty of them, made here."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Dictionary, Name
from PIL import ExifTags, Image

from accounts.permissions import RefusedError
from hazards.services import recoding, uploads
from hazards.services.recoding import Terms, Unfit, UnfitError
from tests.factories import TODAY
from tests.hazards.attachments.files import (
    archive,
    heic,
    located,
    pdf,
    picture,
    upload,
)

TERMS = Terms(
    jpeg_pixels=64_000_000,
    heic_pixels=25_000_000,
    image_pixels=16_000_000,
    document_pages=200,
    keep_position=False,
    memory=uploads.MEMORY,
    seconds=uploads.PROCESSOR_SECONDS,
)

NOT_OURS = {
    "gif": picture("GIF"),
    "webp": picture("WEBP"),
    "tiff": picture("TIFF"),
    "bmp": picture("BMP"),
    "ico": picture("ICO"),
    "avif": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "svg with a declaration": b'<?xml version="1.0"?><svg onload="alert(1)"/>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "exe": b"MZ\x90\x00\x03" + bytes(200),
    "elf": b"\x7fELF\x02\x01\x01" + bytes(200),
    "shell": b"#!/bin/sh\nrm -rf /\n",
    "php": b"<?php system($_GET['c']);",
    "zip": archive(),
    "docx": archive("word/document.xml", b"<w:document/>"),
    "text": "隐患照片".encode(),
    "one byte": b"\xff",
    "nothing but zeros": bytes(1000),
    "mp4": b"\x00\x00\x00\x18ftypisom" + bytes(100),
    "jpeg 2000": b"\x00\x00\x00\x0cjP  \r\n\x87\n",
    "pdf behind a line": b"\n" + pdf(),
    "pdf behind a kilobyte": b"x" * 1000 + pdf(),
    "png with a wrong first byte": b"\x88" + picture("PNG")[1:],
}
TWO_IN_ONE = {
    "jpeg and zip": picture() + archive(),
    "png and zip": picture("PNG") + archive(),
    "pdf and zip": pdf() + archive(),
    "jpeg and html": picture() + b"<html><body>hello</body></html>",
    "jpeg with a script as comment": picture(comment=b"<script>alert(1)</script>"),
    "png and php": picture("PNG") + b"<?php system('id');",
    "pdf and html": pdf() + b"<!DOCTYPE html><p>",
    "jpeg and pdf": picture() + pdf(),
    "gifar": picture() + archive("A.class", b"\xca\xfe\xba\xbe"),
}


@pytest.mark.parametrize("name", NOT_OURS)
def test_what_is_no_photo_and_no_pdf_is_not_taken(name: str, tmp_path: Path) -> None:
    assert _unfit(NOT_OURS[name], tmp_path) == Unfit.KIND


@pytest.mark.parametrize("name", TWO_IN_ONE)
def test_a_file_that_is_two_things_is_not_taken(name: str, tmp_path: Path) -> None:
    assert _unfit(TWO_IN_ONE[name], tmp_path) == Unfit.HIDDEN


def _unfit(content: bytes, folder: Path) -> Unfit:
    (folder / "upload").write_bytes(content)
    with pytest.raises(UnfitError) as refused:
        recoding.recode(folder, TERMS)
    assert [path.name for path in folder.iterdir()] == ["upload"]
    return refused.value.why


def _action(**entries: Any) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = Dictionary(**entries)

    return change


def _deep_action(document: pikepdf.Pdf) -> None:
    link = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=[0, 0, 9, 9],
        A=Dictionary(S=Name.Launch, F="calc.exe"),
    )
    document.pages[0].Annots = pikepdf.Array([link])


def _attach(document: pikepdf.Pdf) -> None:
    document.attachments["invoice.exe"] = b"MZ"


ACTIVE = {
    "a script on opening": _action(S=Name.JavaScript, JS="app.alert(1)"),
    "a program on opening": _action(S=Name.Launch, F="calc.exe"),
    "a program behind a link": _deep_action,
    "an attached file": _attach,
}


@pytest.mark.parametrize("name", ACTIVE)
def test_a_pdf_that_does_something_is_not_taken(name: str, tmp_path: Path) -> None:
    content = pdf(change=ACTIVE[name])

    assert _unfit(content, tmp_path) == Unfit.ACTIVE


def test_a_pdf_with_a_password_is_not_taken(tmp_path: Path) -> None:
    locked = pikepdf.Encryption(user="geheim", owner="geheim")
    open_to_read = pikepdf.Encryption(user="", owner="geheim")

    assert _unfit(pdf(encryption=locked), tmp_path) == Unfit.ENCRYPTED
    assert _unfit(pdf(encryption=open_to_read), tmp_path) == Unfit.ENCRYPTED


@pytest.mark.parametrize(
    "content",
    [
        picture(size=(400, 300))[:-900],
        picture("PNG", size=(400, 300))[:-60],
        heic()[:-80],
        pdf(3)[:-60],
        b"\xff\xd8\xff" + bytes(500),
        b"%PDF-1.7\n" + bytes(500),
    ],
    ids=["jpeg", "png", "heic", "pdf", "jpeg by its first bytes", "pdf by them"],
)
def test_a_damaged_file_is_not_taken(content: bytes) -> None:
    with pytest.raises(RefusedError, match="damaged or incomplete"):
        uploads.recoded(upload(content), on=TODAY)


def test_an_empty_file_is_not_taken() -> None:
    with pytest.raises(RefusedError, match="empty"):
        uploads.recoded(upload(b""), on=TODAY)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (picture(), "image/jpeg"),
        (picture(mode="CMYK"), "image/jpeg"),
        (picture("PNG", mode="RGBA"), "image/png"),
        (picture("PNG", mode="P"), "image/png"),
        (picture("PNG", mode="I;16"), "image/png"),
        (heic(), "image/jpeg"),
        (pdf(3), "application/pdf"),
        # What phones hang behind a photo: another photo, a short film.
        (picture() + picture(), "image/jpeg"),
        (picture() + b"\x00\x00\x00\x18ftypmp42" + bytes(100), "image/jpeg"),
    ],
)
def test_the_content_decides_whatever_the_file_is_called(
    content: bytes, media_type: str
) -> None:
    taken = uploads.recoded(upload(content, "page.html"), on=TODAY)

    assert taken.media_type == media_type
    if media_type == "application/pdf":
        assert (taken.pages, taken.width, taken.preview) == (3, None, b"")
    else:
        assert (taken.width, taken.height) == (64, 48)
        assert taken.preview.startswith(b"\xff\xd8\xff")


def test_what_hangs_behind_a_photo_is_left_out() -> None:
    film = b"\x00\x00\x00\x18ftypmp42" + b"film" * 50

    taken = uploads.recoded(upload(picture() + film), on=TODAY)

    assert b"film" not in taken.content


def test_the_same_file_twice_gives_the_same_bytes() -> None:
    for content in (located(), heic(), pdf(2)):
        first = uploads.recoded(upload(content, "a"), on=TODAY)
        assert first.sha256 == uploads.recoded(upload(content, "b"), on=TODAY).sha256


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_where_and_with_what_a_photo_was_taken_is_removed(kind: str) -> None:
    taken = uploads.recoded(upload(located(kind)), on=TODAY)

    assert not taken.keeps_position
    with Image.open(io.BytesIO(taken.content)) as kept:
        kept.load()
        assert not kept.getexif()
        assert kept.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        # It lay on its side and stands now.
        assert kept.size == (taken.width, taken.height) == (48, 64)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_place_alone_is_kept_on_purpose(kind: str) -> None:
    taken = uploads.recoded(upload(located(kind)), on=TODAY, keep_position=True)

    assert taken.keeps_position
    with Image.open(io.BytesIO(taken.content)) as kept:
        kept.load()
        exif = kept.getexif()
        assert set(exif) == {ExifTags.IFD.GPSInfo}
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        assert (place[1], place[3]) == ("N", "E")
        assert kept.size == (48, 64)


def test_a_large_photo_is_made_smaller() -> None:
    taken = uploads.recoded(upload(picture(size=(6000, 3000))), on=TODAY)

    assert (taken.width, taken.height) == (2560, 1280)
    with Image.open(io.BytesIO(taken.preview)) as preview:
        assert preview.size == (480, 240)


def test_a_photo_without_a_place_keeps_none() -> None:
    taken = uploads.recoded(upload(picture()), on=TODAY, keep_position=True)

    assert not taken.keeps_position
