"""Taking in an uploaded file: what may come in, and opening it safely."""

import datetime as dt
import hashlib
import json
import subprocess
import sys
import tempfile
import threading
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext as _

from accounts.permissions import RefusedError
from hazards.rules.limits import limit
from hazards.services.recoding import Terms, Unfit

LONGEST_NAME: Final = 120
# The address space of the process that opens a file; what it holds is always less.
MEMORY: Final = 250 * 1024**2
# Seconds of processor, and of waiting on a busy machine.
PROCESSOR_SECONDS: Final = 15
WAITING_SECONDS: Final = 45
# A web process opens one file at a time, so that many phones at once fit as well.
_one_at_a_time = threading.BoundedSemaphore(1)


@dataclass(frozen=True)
class Recoded:
    """A file as it will be kept, with the small picture of an image."""

    name: str
    content: bytes
    preview: bytes
    media_type: str
    width: int | None
    height: int | None
    pages: int | None
    keeps_position: bool

    @property
    def sha256(self) -> str:
        """The digest under which it is kept."""
        return hashlib.sha256(self.content).hexdigest()


def recoded(
    upload: "File[bytes]", *, on: dt.date, keep_position: bool = False
) -> Recoded:
    """
    Return the upload written anew as what its content is, whatever it is called. Takes
    seconds: call it outside transactions.

    :raises RefusedError: with what to do, if it is not a sound photo or PDF
    """
    largest = limit("upload_bytes", on=on)
    if not upload.size:
        raise RefusedError(_("The file is empty: choose it again."))
    if upload.size > largest:
        raise RefusedError(
            _(
                "The file is larger than %(megabytes)s MB: take a smaller photo, or "
                "divide the document."
            )
            % {"megabytes": largest // 1024**2}
        )
    terms = Terms(
        jpeg_pixels=limit("jpeg_pixels", on=on),
        heic_pixels=limit("heic_pixels", on=on),
        image_pixels=limit("image_pixels", on=on),
        document_pages=limit("document_pages", on=on),
        keep_position=keep_position,
        memory=MEMORY,
        seconds=PROCESSOR_SECONDS,
    )
    with tempfile.TemporaryDirectory(prefix="portal-upload-") as name:
        folder = Path(name)
        with (folder / "upload").open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        outcome = run(folder, terms)
        if outcome["refused"]:
            raise RefusedError(_sentence(Unfit(outcome["refused"]), terms))
        preview = folder / "preview"
        return Recoded(
            name=shown_name(upload.name or ""),
            content=(folder / "kept").read_bytes(),
            preview=preview.read_bytes() if preview.exists() else b"",
            media_type=outcome["media_type"],
            width=outcome["width"],
            height=outcome["height"],
            pages=outcome["pages"],
            keeps_position=outcome["located"],
        )


def run(folder: Path, terms: Terms) -> dict[str, Any]:
    """Open the upload in a process of its own; say what came of it."""
    with _one_at_a_time:
        try:
            done = subprocess.run(  # noqa: S603 (our own module)
                [
                    sys.executable,
                    "-m",
                    "hazards.services.recoding",
                    str(folder),
                    json.dumps(asdict(terms)),
                ],
                cwd=settings.BASE_DIR,
                # Of one arena, or the C library sets aside address space for more.
                env={"MALLOC_ARENA_MAX": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=WAITING_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return {"refused": Unfit.HEAVY}
    if done.returncode < 0:  # ended by the kernel
        return {"refused": Unfit.HEAVY}
    if done.returncode > 0:  # no decoder reads it
        return {"refused": Unfit.BROKEN}
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


def _sentence(why: Unfit, terms: Terms) -> str:
    """What is wrong with the file, and what to do."""
    return {
        Unfit.KIND: _(
            "Only photos (JPEG, PNG, HEIC) and PDF documents are kept: save the file "
            "as one of these and choose it again."
        ),
        Unfit.HIDDEN: _(
            "Another file hides in this one: open it, save it anew and choose the new "
            "one."
        ),
        Unfit.BROKEN: _(
            "The file is damaged or incomplete: open it on your device, save it anew "
            "and choose the new one."
        ),
        Unfit.PIXELS: _(
            "The picture has too many pixels (at most %(jpeg)s million as an ordinary "
            "JPEG, %(heic)s million as HEIC, %(other)s million otherwise): save it "
            "smaller and choose it again."
        )
        % {
            "jpeg": terms.jpeg_pixels // 1_000_000,
            "heic": terms.heic_pixels // 1_000_000,
            "other": terms.image_pixels // 1_000_000,
        },
        Unfit.ENCRYPTED: _(
            "The PDF is protected by a password: save it without one and choose it "
            "again."
        ),
        Unfit.PAGES: _("The PDF has more than %(pages)s pages: divide it.")
        % {"pages": terms.document_pages},
        Unfit.ACTIVE: _(
            "The PDF holds scripts, a form or attached files: print it to a new PDF "
            "and choose that one."
        ),
        Unfit.HEAVY: _(
            "Opening the file takes too much: save it smaller or simpler and choose "
            "it again."
        ),
    }[why]


def shown_name(name: str) -> str:
    """A file's name for people's eyes: one line, no path, all of it visible."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(
        " " if letter.isspace() else letter
        for letter in unicodedata.normalize("NFC", last)
        # Control, format (the bidirectional marks), surrogate, unassigned.
        if letter.isspace() or not unicodedata.category(letter).startswith("C")
    )
    return " ".join(seen.split())[:LONGEST_NAME] or "—"
