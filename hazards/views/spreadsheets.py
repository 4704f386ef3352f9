"""
Tables that people open in a spreadsheet: nothing that somebody typed is ever read as a
formula there (promise S19), and nothing is held in memory as a whole.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

# What a spreadsheet takes for the beginning of a formula, full-width forms included.
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
BYTE_ORDER_MARK = "\ufeff"
"""Without it a Chinese Excel reads UTF-8 as GBK."""
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula."""
    return text[:1] in _FORMULA or text.lstrip()[:1] in _FORMULA if text else False


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the rows as CSV (RFC 4180, UTF-8); formulas lose their force to a quote."""
    yield BYTE_ORDER_MARK
    for row in rows:
        line = io.StringIO()
        cells = [f"'{cell}" if is_formula(cell) else cell for cell in row]
        csv.writer(line, quoting=csv.QUOTE_ALL).writerow(cells)
        yield line.getvalue()


def xlsx_file(
    rows: Iterable[Sequence[str]], *, title: str, widths: Sequence[int]
) -> bytes:
    """
    Make a book of one sheet of the rows, every cell a text.

    :param widths: of the columns, in characters
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row in rows:
        sheet.append([_cell(sheet, text) for text in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, text: str) -> Any:
    # XML has no control characters.
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text))
    # Whatever it looks like: a text, also after somebody has clicked into it.
    cell.data_type = "s"
    if is_formula(text):
        cell.quotePrefix = True
    return cell
