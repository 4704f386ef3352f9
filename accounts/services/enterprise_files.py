"""Reading a bureau's list of enterprises from XLSX, and the empty list to fill in."""

import datetime as dt
import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Final
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from accounts.permissions import RefusedError

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 100
MOST_ROWS = 5000
LONGEST_CELL = 500


@dataclass(frozen=True)
class Column:
    """A column of the list: how the code calls it, its heading, and what goes in."""

    name: str
    heading: str
    explained: str
    required: bool = False


COLUMNS: Final = (
    Column("uscc", "统一社会信用代码", "营业执照上的18位代码", required=True),
    Column("name", "企业名称", "与营业执照一致", required=True),
    Column("registered_address", "注册地址", "与营业执照一致", required=True),
    Column("county", "所在县区代码", "6位行政区划代码，如211282", required=True),
    Column("industry", "行业代码", "GB/T 4754，如C3130", required=True),
    Column("established_on", "成立日期", "如2015-06-01", required=True),
    Column("site_name", "厂区名称", "不填为“主厂区”"),
    Column("site_address", "厂区地址", "不填为注册地址"),
    Column("site_county", "厂区县区代码", "不填为所在县区代码"),
    Column("level", "标准化等级", "一级、二级或三级；未达标不填"),
    Column("level_certificate", "标准化证书编号", "可不填"),
    Column("level_starts_on", "标准化有效期起", "填等级时必填"),
    Column("level_ends_on", "标准化有效期止", "填等级时必填"),
    Column("high_risk_basis", "高危认定依据", "认定为高危的，写明依据；否则不填"),
    Column(
        "features",
        "危险特性",
        "粉尘涉爆、涉氨制冷、有限空间、金属冶炼、危险化学品、烟花爆竹，用顿号分开",
    ),
    Column("principal_name", "主要负责人姓名", "填写后可一次发出邀请"),
    Column("principal_mobile", "主要负责人手机", "11位手机号"),
)
_BY_HEADING: Final = {column.heading: column.name for column in COLUMNS}
_UNREADABLE = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    NotImplementedError,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    OSError,
    TypeError,
    ValueError,  # also what defusedxml raises
)


@dataclass(frozen=True)
class Line:
    """A row as it was read: its number in the file, and text by column."""

    number: int
    texts: dict[str, str]


def read_list(file: BinaryIO, *, size: int) -> list[Line]:
    """
    Return the rows that hold something, each cell as text, dates as 2015-06-01.

    :raises RefusedError: with what to do, if the file is too large or not such a list
    """
    if size > LARGEST_FILE:
        raise RefusedError(_("The file is larger than 5 MB: divide the list."))
    try:
        _refuse_bomb(file)
        lines = _lines(file)
    except _UNREADABLE as error:
        msg = _("This is not a readable XLSX file: fill in the template and save it.")
        raise RefusedError(msg) from error
    if not lines:
        raise RefusedError(_("The list is empty: fill in a row for each enterprise."))
    return lines


def template() -> bytes:
    """Return the empty list as XLSX: headings, and a sheet that explains them."""
    book = Workbook()
    sheet = book.create_sheet("企业名单", 0)
    sheet.append([column.heading for column in COLUMNS])
    for number in range(1, len(COLUMNS) + 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 22
        # As text: a spreadsheet would round 18 digits and drop leading zeros.
        sheet.column_dimensions[letter].number_format = "@"
        sheet.cell(1, number).font = Font(bold=True)
    sheet.freeze_panes = "A2"
    notes = book.create_sheet("填写说明", 1)
    notes.append(["列", "填写说明", "必填"])
    for column in COLUMNS:
        notes.append(
            [column.heading, column.explained, "是" if column.required else ""]
        )
    for left in book.sheetnames[2:]:
        del book[left]
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _refuse_bomb(file: BinaryIO) -> None:
    """Look at what the archive says of itself before anything is unpacked."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED:
        msg = _(
            "The file unpacks to far more than such a list holds: use the template."
        )
        raise RefusedError(msg)
    file.seek(0)


def _lines(file: BinaryIO) -> list[Line]:
    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        rows = book.worksheets[0].iter_rows(
            max_row=MOST_ROWS + 2, max_col=len(COLUMNS) + 5, values_only=True
        )
        names = _names(next(rows, ()))
        lines = []
        for number, cells in enumerate(rows, start=2):
            texts = {
                name: _text(cell)
                for name, cell in zip(names, cells, strict=False)
                if name and _text(cell)
            }
            if not texts:
                continue
            if number > MOST_ROWS + 1:
                raise RefusedError(_("The list has more than 5,000 rows: divide it."))
            lines.append(Line(number, texts))
        return lines
    finally:
        book.close()


def _names(headings: tuple[object, ...]) -> list[str]:
    """The columns in the order of this file; other headings are left aside."""
    names = [_BY_HEADING.get(_text(heading), "") for heading in headings]
    missing = [c.heading for c in COLUMNS if c.required and c.name not in names]
    if missing:
        msg = _("The first row lacks these headings: %(headings)s. Use the template.")
        raise RefusedError(msg % {"headings": "、".join(missing)})
    return names


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())[:LONGEST_CELL]
