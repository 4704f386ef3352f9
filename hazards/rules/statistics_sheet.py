"""
The sheet of the statistics: which counts stand under each other, in Chinese as it is
handed in. Their order follows the former national table; the sheet is our own where no
official form is at hand, and says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hazards.rules.statistics import rate

OWN_LAYOUT: Final = "本表式由系统拟定，以当地应急管理部门表式为准。"
TITLE: Final = "事故隐患排查治理情况统计分析表"

GENERAL_RATE: Final = "general.rate"
MAJOR_RATE: Final = "major.rate"

SECTIONS: Final[Sequence[tuple[str, Sequence[tuple[str, str]]]]] = (
    (
        "一、自查（次）",
        (
            ("inspections.held", "开展自查"),
            ("inspections.by_own_team", "其中：内部检查小组开展"),
            ("inspections.with_principal", "其中：主要负责人参加"),
        ),
    ),
    (
        "二、一般事故隐患（项）",
        (
            ("general.open_before", "期初未整改"),
            ("general.found", "本期排查发现"),
            ("general.graded_down", "本期由重大事故隐患降级转入"),
            ("general.rectified", "本期已整改"),
            ("general.struck_out", "本期误录剔除"),
            ("general.graded_up", "本期升级为重大事故隐患"),
            ("general.open_at_end", "期末未整改"),
            ("general.overdue", "其中：超过整改期限"),
            (GENERAL_RATE, "整改率（%）"),
        ),
    ),
    (
        "三、重大事故隐患（项）",
        (
            ("major.open_before", "期初未销号"),
            ("major.found", "本期排查发现"),
            ("major.recurred", "其中：销号后再次出现"),
            ("major.graded_up", "本期恢复定级为重大转入"),
            ("major.closed", "本期整改销号"),
            ("major.graded_down", "本期降级为一般事故隐患"),
            ("major.struck_out", "本期误报剔除"),
            ("major.handed_over", "本期移交其他部门"),
            ("major.open_at_end", "期末未销号"),
            ("major.planned", "其中：列入治理计划（达到“五到位”）"),
            ("major.accepted", "其中：已验收，待复查或销号"),
            ("major.overdue", "其中：超过治理期限"),
            ("major.listed.province", "其中：省级挂牌督办"),
            ("major.listed.city", "其中：地市级挂牌督办"),
            ("major.listed.county", "其中：县级挂牌督办"),
            (MAJOR_RATE, "整改销号率（%）"),
        ),
    ),
    (
        "四、治理资金（万元）",
        (
            ("funds.planned", "期末未销号重大事故隐患计划治理资金"),
            ("funds.spent", "本期落实治理资金"),
        ),
    ),
)


@dataclass(frozen=True)
class Row:
    """A line of the sheet: which count, in Chinese, and its value in each period."""

    path: str
    zh: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """Lines under a heading."""

    zh: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Sheet:
    """The sheet: its periods, each by first and last day, and its lines."""

    periods: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]

    def values(self) -> dict[str, Any]:
        """The same as plain values, for a document's template."""
        return {
            "periods": [list(period) for period in self.periods],
            "sections": [
                {
                    "heading": section.zh,
                    "rows": [[row.zh, *row.values] for row in section.rows],
                }
                for section in self.sections
            ],
        }


def sheet(table: Mapping[str, Any]) -> Sheet:
    """Lay out what was counted: the quarter, and the year where it was counted."""
    counted = [table[name] for name in ("quarter", "year") if table.get(name)]
    return Sheet(
        periods=tuple((each["first_day"], each["last_day"]) for each in counted),
        sections=tuple(
            Section(
                heading,
                tuple(
                    Row(path, zh, tuple(_value(each, path) for each in counted))
                    for path, zh in rows
                ),
            )
            for heading, rows in SECTIONS
        ),
    )


def _value(counted: Mapping[str, Any], path: str) -> str:
    if path == GENERAL_RATE:
        grade = counted["general"]
        dropped = grade["struck_out"] + grade["graded_up"]
        return _rate(grade, grade["rectified"], grade["graded_down"], dropped)
    if path == MAJOR_RATE:
        grade = counted["major"]
        dropped = grade["graded_down"] + grade["struck_out"] + grade["handed_over"]
        return _rate(grade, grade["closed"], grade["graded_up"], dropped)
    value: Any = counted
    for key in path.split("."):
        value = value[key]
    return str(value)


def _rate(grade: Mapping[str, int], done: int, transferred: int, dropped: int) -> str:
    return (
        rate(
            done,
            open_before=grade["open_before"],
            came=grade["found"] + transferred,
            dropped=dropped,
        )
        or "—"
    )
