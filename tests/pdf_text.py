"""What a reader sees in a PDF: text, attached files, codes for a camera."""

import io
import re

import pikepdf
import pypdfium2 as pdfium
import zxingcpp


def pages_of(content: bytes) -> list[str]:
    """The text of each page, without any space or line break."""
    with pdfium.PdfDocument(content) as pdf:
        texts = [page.get_textpage().get_text_range() for page in pdf]
    return [re.sub(r"[\s\u200b\ufffe]", "", text) for text in texts]


def text_of(content: bytes) -> str:
    """All text, without any space or line break."""
    return "".join(pages_of(content))


def attached(content: bytes, name: str) -> bytes:
    """The bytes of a file that the PDF carries."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return bytes(pdf.attachments[name].get_file().read_bytes())


def scanned(content: bytes) -> str:
    """What a phone reads from the square code on the last page."""
    with pdfium.PdfDocument(content) as pdf:
        picture = pdf[len(pdf) - 1].render(scale=2).to_pil()
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)
