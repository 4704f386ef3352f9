"""
Opens one uploaded file and writes it anew, in a process of its own.

    python -m hazards.services.recoding FOLDER TERMS

FOLDER holds "upload"; "kept" and, of a picture, "preview" are written beside it. What
came of it stands on standard output as JSON. Nothing of Django is loaded here, memory
and time are bounded, and whatever goes wrong ends this process and no other.
"""

import json
import re
import resource
import sys
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
_JPEG_QUALITY: Final = 85
_LONGEST_SIDE: Final = 2560
_PREVIEW_SIDE: Final = 480

_HEIF_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"mif1")
# In a picture's or a document's bytes these mean that it is read as something else.
_PAGES_INSIDE: Final = re.compile(rb"<!doctype|<html[ >]|<script|<\?php\s", re.I)
_DOCUMENT_INSIDE: Final = b"%PDF-"

# What a PDF does by itself, or carries along.
_ACTIVE_KEYS: Final = frozenset(
    {"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/XFA", "/RichMediaContent"}
)
_ACTIVE_ACTIONS: Final = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition"}
)


class Unfit(StrEnum):
    """Why a file is not taken; the caller words it."""

    KIND = "kind"
    HIDDEN = "hidden"
    BROKEN = "broken"
    PIXELS = "pixels"
    ENCRYPTED = "encrypted"
    PAGES = "pages"
    ACTIVE = "active"
    HEAVY = "heavy"


@dataclass(frozen=True)
class Terms:
    """What a file may be. `memory` in bytes of address space."""

    jpeg_pixels: int
    heic_pixels: int
    image_pixels: int
    document_pages: int
    keep_position: bool
    memory: int
    seconds: int


@dataclass(frozen=True)
class Outcome:
    """
    What was written: pixels of a picture and whether it says where it was taken, pages
    of a document; or why nothing was.
    """

    media_type: str = ""
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    located: bool = False
    refused: str = ""


class UnfitError(Exception):
    """The file is not taken."""

    def __init__(self, why: Unfit) -> None:
        super().__init__(why)
        self.why = why


def recode(folder: Path, terms: Terms) -> Outcome:
    """
    Write the upload anew, as what its content is.

    :raises UnfitError: with the reason
    """
    upload = folder / "upload"
    content = upload.read_bytes()
    kind = _kind(content)
    if (
        zipfile.is_zipfile(upload)
        or _PAGES_INSIDE.search(content)
        or content.find(_DOCUMENT_INSIDE, 1) > 0
    ):
        # Pictures that a phone hangs behind a picture stay allowed: they are left out.
        raise UnfitError(Unfit.HIDDEN)
    del content
    if kind == "PDF":
        return _document(upload, folder, terms)
    return _picture(upload, folder, kind, terms)


def _kind(content: bytes) -> str:
    """What the first bytes say."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return "HEIF"
    if content.startswith(b"%PDF-"):
        return "PDF"
    raise UnfitError(Unfit.KIND)


def _picture(upload: Path, folder: Path, kind: str, terms: Terms) -> Outcome:
    # Only what is needed is loaded: it counts against the memory.
    from PIL import Image, ImageOps  # noqa: PLC0415

    if kind == "HEIF":
        import pillow_heif  # noqa: PLC0415

        pillow_heif.register_heif_opener(thumbnails=False, decode_threads=1)
    most = {"JPEG": terms.jpeg_pixels, "HEIF": terms.heic_pixels}.get(
        kind, terms.image_pixels
    )
    Image.MAX_IMAGE_PIXELS = most
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(upload, formats=[kind]) as image:
            if image.info.get("progressive"):
                most = terms.image_pixels  # unpacked whole, unlike others
            if image.width * image.height > most:
                raise UnfitError(Unfit.PIXELS)
            image.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnfitError(Unfit.PIXELS) from error

    with Image.open(upload, formats=[kind]) as image:
        image.draft(None, (_LONGEST_SIDE, _LONGEST_SIDE))
        picture = _plain(image, png=kind == "PNG")
        picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
        picture.load()
        # Read last: in a PNG it may stand behind the picture.
        exif = _position(image) if terms.keep_position else None
        picture = ImageOps.exif_transpose(picture)
    if kind != "PNG" and picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    picture.info = {}  # comments, profiles and what else travels with a picture
    kept_as = "PNG" if kind == "PNG" else "JPEG"
    extra = {"exif": exif} if exif is not None else {}
    picture.save(folder / "kept", kept_as, quality=_JPEG_QUALITY, **extra)
    _preview(picture, folder)
    return Outcome(
        media_type=PNG if kind == "PNG" else JPEG,
        width=picture.width,
        height=picture.height,
        located=exif is not None,
    )


def _plain(image: Any, *, png: bool) -> Any:
    """A picture in a way of storing colours that can be made smaller and saved."""
    if not png:
        return image
    if image.mode.startswith("I"):
        # 16 bits of grey.
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    wanted = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode in ("L", wanted) else image.convert(wanted)


def _position(image: Any) -> bytes | None:
    """Of what a camera wrote down, only where the photo was taken."""
    from PIL import ExifTags, Image  # noqa: PLC0415

    found = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    if not found:
        return None
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(found)
    # As bytes: one without tags of its own counts as empty and would not be written.
    return exif.tobytes()


def _preview(picture: Any, folder: Path) -> None:
    from PIL import Image  # noqa: PLC0415

    small = picture.copy()
    small.thumbnail((_PREVIEW_SIDE, _PREVIEW_SIDE))
    if small.mode == "RGBA":
        ground = Image.new("RGB", small.size, "white")
        ground.paste(small, mask=small)
        small = ground
    small.save(folder / "preview", "JPEG", quality=_JPEG_QUALITY)


def _document(upload: Path, folder: Path, terms: Terms) -> Outcome:
    import pikepdf  # noqa: PLC0415

    try:
        opened = pikepdf.open(upload, attempt_recovery=False)
    except pikepdf.PasswordError as error:
        raise UnfitError(Unfit.ENCRYPTED) from error
    with opened as pdf:
        if pdf.is_encrypted:
            raise UnfitError(Unfit.ENCRYPTED)
        pages = _reached_pages(pdf, most=terms.document_pages)
        for thing in pdf.objects:
            _refuse_active(thing)
        pdf.save(
            folder / "kept",
            deterministic_id=True,
            # What is packed stays packed: unpacking is how a small file grows.
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
        )
    return Outcome(media_type=PDF, pages=pages)


def _reached_pages(pdf: Any, *, most: int) -> int:
    """Count the pages that the tree leads to; what it says of itself may be untrue."""
    waiting, known, pages = [pdf.Root.Pages], set(), 0
    while waiting:
        node = waiting.pop()
        kids = node.get("/Kids")
        if kids is None:
            pages += 1
        elif node.objgen in known:
            raise UnfitError(Unfit.BROKEN)  # a tree that bites its tail
        else:
            known.add(node.objgen)
            waiting.extend(kids)
        if pages > most or len(known) > most:
            raise UnfitError(Unfit.PAGES)
    if not pages:
        raise UnfitError(Unfit.BROKEN)
    return pages


def _refuse_active(thing: Any) -> None:
    """
    Refuse what runs, sends or carries files. Refused, not taken out: what is kept must
    be the document that the person looked at.
    """
    for part in _parts(thing):
        keys = {str(key) for key in part.keys()}  # noqa: SIM118 (no mapping)
        action = part.get("/S")
        if keys & _ACTIVE_KEYS or str(action) in _ACTIVE_ACTIONS:
            raise UnfitError(Unfit.ACTIVE)


def _parts(thing: Any) -> Iterator[Any]:
    """The dictionaries in a thing; things referred to come up by themselves."""
    import pikepdf  # noqa: PLC0415

    waiting = [thing]
    while waiting:
        part = waiting.pop()
        if isinstance(part, (pikepdf.Dictionary, pikepdf.Stream)):
            yield part
            inner = [part.get(key) for key in part.keys()]  # noqa: SIM118
        elif isinstance(part, pikepdf.Array):
            inner = list(part)
        else:
            continue
        waiting += [
            one
            for one in inner
            if isinstance(one, pikepdf.Object) and not one.is_indirect
        ]


def _bound(terms: Terms) -> None:
    """Let the kernel end what takes more than its share."""
    resource.setrlimit(resource.RLIMIT_CPU, (terms.seconds, terms.seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # macOS knows the limit and does not keep it
        resource.setrlimit(resource.RLIMIT_AS, (terms.memory, terms.memory))


def main(folder: str, terms: str) -> None:
    """Do it, and say what came of it."""
    wanted = Terms(**json.loads(terms))
    _bound(wanted)
    try:
        outcome = recode(Path(folder), wanted)
    except UnfitError as unfit:
        outcome = Outcome(refused=unfit.why)
    except MemoryError:
        outcome = Outcome(refused=Unfit.HEAVY)
    sys.stdout.write(json.dumps(asdict(outcome)))


if __name__ == "__main__":
    main(*sys.argv[1:])
