"""Where files are kept: whole or not at all, on the disk before anybody is told."""

import os
import tempfile
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage

UNFINISHED = ".unfinished"
"""How the name of a file ends that is still being written, or never was finished."""


class DurableStorage(FileSystemStorage):
    """
    Files in a folder of ours alone. A file is written beside its place, brought to the
    disk, then renamed: a crash leaves the old one or the new one, never half of one.
    Saving under a name that exists replaces it. There are no public addresses.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself: whoever saves chose it by the content."""
        return name

    def url(self, name: str | None) -> str:
        """Refuse: files are handed out by a page that asks who looks.

        :raises NotImplementedError: always
        """
        msg = "Stored files have no address of their own."
        raise NotImplementedError(msg)

    def _save(self, name: str, content: "File[bytes]") -> str:
        path = Path(self.path(name))
        for folder in reversed(path.parents):
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)
        descriptor, written = tempfile.mkstemp(dir=path.parent, suffix=UNFINISHED)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            Path(written).replace(path)
        except BaseException:
            Path(written).unlink(missing_ok=True)
            raise
        _settle(path.parent)
        return name


def _settle(folder: Path) -> None:
    """Bring the names in a folder, and its own, to the disk."""
    for one in (folder, folder.parent, folder.parent.parent):
        descriptor = os.open(one, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
