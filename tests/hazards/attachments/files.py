"""Files as people send them, and as they should not; all made here, none stored."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pikepdf
import pillow_heif
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

from hazards.models import HazardPhoto, SelfInspectionReport
from hazards.services import attachments
from tests.factories import NOW
from tests.factories_reports import Desks, make_hazard

NORTH = {1: "N", 2: (41.0, 7.0, 12.0), 3: "E", 4: (123.0, 6.0, 3.0)}


def picture(
    kind: str = "JPEG",
    *,
    size: tuple[int, int] = (64, 48),
    mode: str = "RGB",
    **options: Any,
) -> bytes:
    """A picture with a gradient."""
    image = Image.linear_gradient("L").resize(size).convert(mode)
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def heic(size: tuple[int, int] = (64, 48)) -> bytes:
    """A photo as an iPhone takes it."""
    written = io.BytesIO()
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    pillow_heif.from_pillow(image).save(written, quality=50)
    return written.getvalue()


def located(kind: str = "JPEG") -> bytes:
    """A photo lying on its side, with its place, its camera and a comment."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "A camera"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(NORTH)
    comment: dict[str, Any] = {"comment": b"made by Wang"} if kind == "JPEG" else {}
    return picture(kind, exif=exif, **comment)


def pdf(
    pages: int = 1,
    change: Callable[[pikepdf.Pdf], None] = lambda document: None,
    **options: Any,
) -> bytes:
    """A document of empty pages."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    change(document)
    written = io.BytesIO()
    document.save(written, **options)
    return written.getvalue()


def archive(name: str = "a.txt", content: bytes = b"x") -> bytes:
    """A ZIP archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, content)
    return written.getvalue()


def upload(content: bytes, name: str = "照片.jpg") -> SimpleUploadedFile:
    """A file on its way in."""
    return SimpleUploadedFile(name, content)


def make_photo(report: SelfInspectionReport, desks: Desks) -> HazardPhoto:
    """A photo of a hazard described in the report's open version."""
    hazard = make_hazard(report, desks).hazard
    attachment = attachments.add_photo(
        upload(picture()),
        report_id=report.pk,
        hazard_id=hazard.pk,
        keep_position=False,
        by=desks.clerk,
        at=NOW,
    )
    return attachment.photos.select_related("hazard", "attachment").get()
