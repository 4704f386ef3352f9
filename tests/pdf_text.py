"""What a reader sees in a PDF: its text, decoded by the fonts' own tables."""

import io
import re

import pikepdf

_CODE = re.compile(rb"<([0-9A-Fa-f]+)>")


def text_of(content: bytes) -> str:
    """All text of the pages in drawing order, without any space or line break."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return "".join(page_text(page) for page in pdf.pages)


def pages_of(content: bytes) -> list[str]:
    """The text of each page, without any space or line break."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [page_text(page) for page in pdf.pages]


def attached(content: bytes, name: str) -> bytes:
    """The bytes of a file that the PDF carries."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return bytes(pdf.attachments[name].get_file().read_bytes())


def page_text(page: pikepdf.Page) -> str:
    """The text of one page, without any space or line break."""
    said: list[str] = []
    tables: dict[str, dict[int, str]] = {}
    table: dict[int, str] = {}
    for step in pikepdf.parse_content_stream(page):
        operands = step.operands
        match str(step.operator):
            case "Tf":
                name = str(operands[0])
                if name not in tables:
                    tables[name] = _table(page.Resources.Font[name])
                table = tables[name]
            case "Tj" | "TJ":
                shown = operands[0]
                runs = shown if isinstance(shown, pikepdf.Array) else [shown]
                said += [
                    _decoded(bytes(run), table)
                    for run in runs
                    if isinstance(run, pikepdf.String)
                ]
    return re.sub(r"[\s\u200b]", "", "".join(said))


def _decoded(run: bytes, table: dict[int, str]) -> str:
    codes = [int.from_bytes(run[at : at + 2]) for at in range(0, len(run), 2)]
    return "".join(table.get(code, "\N{REPLACEMENT CHARACTER}") for code in codes)


def _table(font: pikepdf.Object) -> dict[int, str]:
    """The font's own word on which text each glyph stands for."""
    table: dict[int, str] = {}
    mapping = bytes(font.ToUnicode.read_bytes())
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", mapping, re.S):
        codes = [bytes.fromhex(code.decode()) for code in _CODE.findall(block)]
        for glyph, text in zip(codes[::2], codes[1::2], strict=True):
            table[int.from_bytes(glyph)] = text.decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", mapping, re.S):
        codes = [bytes.fromhex(code.decode()) for code in _CODE.findall(block)]
        for first, last, text in zip(codes[::3], codes[1::3], codes[2::3], strict=True):
            start = int.from_bytes(first)
            for step in range(int.from_bytes(last) - start + 1):
                sign = ord(text.decode("utf-16-be")) + step
                table[start + step] = chr(sign)
    return table
