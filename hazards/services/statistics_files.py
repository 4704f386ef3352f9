"""The statistics as a sheet to print and hand in; Chinese, whoever takes it."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter
from hazards.rules.statistics_sheet import OWN_LAYOUT, TITLE, sheet
from hazards.services.typesetting import pdf

TEMPLATE: Final = "statistics"


@dataclass(frozen=True)
class Handed:
    """
    A table with what stands around it: whose it is, for which quarter, by what it is
    vouched for (a receipt, or the ledger of a moment), and the analysis in words.
    """

    table: Mapping[str, Any]
    enterprise: str
    uscc: str
    principal: str
    quarter: Quarter
    source: str
    remarks: str = ""

    @property
    def head(self) -> list[tuple[str, str]]:
        """What stands above the counts."""
        return [
            ("生产经营单位", self.enterprise),
            ("统一社会信用代码", self.uscc),
            ("主要负责人", self.principal or "—"),
            ("统计期", quarter_in_words(self.quarter)),
            ("数据来源", self.source),
        ]


def quarter_in_words(quarter: Quarter) -> str:
    """The quarter as the sheet names it."""
    return f"{quarter.year}年第{'一二三四'[quarter.number - 1]}季度"


def of_the_ledger(at: dt.datetime) -> str:
    """Says that the counts are those of the ledger at the moment, signed by nobody."""
    moment = at.astimezone(SHANGHAI)
    return f"台账现状，截至{moment:%Y-%m-%d %H:%M}（北京时间），未经签字"


def of_the_receipt(number: str, received_at: dt.datetime) -> str:
    """Says under which receipt the counts were signed and sealed."""
    moment = received_at.astimezone(SHANGHAI)
    return f"随季度报告封存，回执{number}，{moment:%Y-%m-%d %H:%M}接收（北京时间）"


def sheet_pdf(handed: Handed, *, at: dt.datetime) -> bytes:
    """Set the sheet; the same arguments give the same bytes."""
    values = {
        "title": TITLE,
        "head": [list(row) for row in handed.head],
        **sheet(handed.table).values(),
        "remarks": handed.remarks,
        "own_layout": OWN_LAYOUT,
    }
    return pdf(TEMPLATE, values, at=at)


def sheet_rows(handed: Handed) -> Iterator[Sequence[str]]:
    """The same as rows of a spreadsheet."""
    laid_out = sheet(handed.table)
    yield [TITLE]
    yield from handed.head
    yield []
    names = ("本季度", "本年度")[: len(laid_out.periods)]
    yield ["项目", *names]
    yield ["起止日期", *(f"{first} 至 {last}" for first, last in laid_out.periods)]
    for section in laid_out.sections:
        yield [section.zh]
        for row in section.rows:
            yield [row.zh, *row.values]
    yield ["五、统计分析"]
    yield [handed.remarks or "—"]
    yield []
    yield ["单位负责人（签字）：", "填表人（签字）："]
    yield ["联系电话：", "填报日期："]
    yield [OWN_LAYOUT]
