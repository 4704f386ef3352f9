"""What the demonstration is made of: enterprises, names and sentences, all invented."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from random import Random
from typing import Any, Final

SEED: Final = "tieling"

OPENED_ON: Final = dt.date(2025, 3, 10)
"""The day on which the demonstration's portal was opened."""

CHANGTU: Final = "211224"
CITY_COVERS: Final = (
    "211200",
    "211202",
    "211204",
    "211221",
    "211223",
    "211281",
    "211282",
)

PRESENT: Final = (
    "none",
    "visited",
    "draft",
    "awaiting",
    "received",
    "unsigned",
    "under-review",
    "returned",
    "accepted",
)
"""How far a report of the present quarter has got."""

PRINCIPAL_ABSENT: Final = "principal-absent"
UNCONFIRMED: Final = "participation-unconfirmed"

STOP_CONFIRMED: Final = "stop-confirmed"
STOP_UNDECIDED: Final = "stop-undecided"
WAIVED: Final = "waived"

_SURNAMES: Final = (
    "蔺郗鄢昝逄苑巩茅糜邰芮郜窦庞柏荀邬冷靳谌佟冼俞褚满卞阚舒鞠栾桂牟翟郝闵"
)
_GIVEN_FIRST: Final = "奕峻霁澜岱煦砚朗翊沅恺旻桐苒珩泓骁晗璟昶"
_GIVEN_SECOND: Final = "川宁嵘辰禾舟潼野安棠远笙屿衡薇松"

STANDARDS: Final = {
    "trade": "《工贸企业重大事故隐患判定标准》",
    "chemicals": "《化工和危险化学品生产经营单位重大生产安全事故隐患判定标准（试行）》",
    "mine": "《金属非金属矿山重大事故隐患判定标准》",
    "gas": "《城镇燃气经营安全重大隐患判定标准》",
    "fireworks": "《烟花爆竹生产经营单位重大生产安全事故隐患判定标准（试行）》",
    "fire": "《重大火灾隐患判定规则》",
    "general": "本行业重大事故隐患判定标准",
}

RETURN_REASONS: Final = (
    "检查范围只写了主厂区，未说明其他作业场所是否检查，请补充。",
    "检查依据写得过于笼统，请写明逐条对照的判定标准和未覆盖的条款。",
    "参加人员中没有工会或者职工代表，请核实并说明内部检查小组的组成。",
    "有限空间作业场所未列入检查范围，请核对后补正。",
    "停产检修的设备是否检查，报告中没有交代，请补充说明。",
)
CORRECTIONS: Final = (
    "按应急管理部门退回意见，补充检查范围。",
    "按退回意见补充检查依据和未覆盖的条款。",
    "核实参加人员后补正。",
)
TEAM_REASONS: Final = (
    "检查范围漏写了配电室，请补上后再送签。",
    "请把外协作业区域的检查情况写清楚。",
)
EVIDENCE: Final = (
    "主要负责人现场带队检查，签到表和现场照片存安全管理部。",
    "主要负责人参加当日检查并主持讲评，会议记录存档。",
)
UNSIGNED_REASON: Final = (
    "主要负责人在外地出差，预计下周返回；为及时报告先行报送，返回后补签。"
)
STOP_REASON: Final = "供热管网改造，全厂停产检修，设备断电封存。"
STOP_ANSWER: Final = "经现场核实，停产期间设备断电封存，与申报一致，予以确认。"
WAIVER_REASON: Final = "当季受洪水影响厂区封闭，局务会议决定本季度不要求报告。"
HAZARD_COMMENT: Final = "请补充产生原因的具体查明过程，以及同类设备是否一并排查。"
REMARKS: Final = ("", "", "检查中发现的一般隐患已当场整改，另行登记。")


@dataclass(frozen=True)
class Place:
    """A site by its name and the code of its county."""

    name: str
    county: str


@dataclass(frozen=True)
class Firm:
    """An enterprise of `enterprises.toml`; see there."""

    ordinal: int
    name: str
    county: str
    industry: str
    established_on: dt.date
    address: str
    sites: tuple[Place, ...]
    features: tuple[str, ...]
    areas: str
    standard: str
    team: tuple[str, ...]
    present: str
    level: int = 0
    high_risk: str = ""
    habit: str = ""
    relief: str = ""

    @property
    def joined_on(self) -> dt.date:
        """The day on which the bureau entered it in the portal."""
        return max(OPENED_ON, self.established_on + dt.timedelta(days=14))

    @property
    def scope(self) -> str:
        """What its reports say was inspected."""
        places = "、".join(place.name for place in self.sites)
        return f"{places}；重点检查{self.areas}，以及当日的危险作业和相关方作业。"

    @property
    def coverage(self) -> str:
        """What its reports say it was checked against."""
        return (
            f"对照{STANDARDS[self.standard]}逐条检查，涉及本单位的条款全部覆盖；"
            "不涉及的条款已在检查清单中注明。"
        )


@dataclass(frozen=True)
class Danger:
    """A major hazard of `hazards.toml`; see there."""

    firm: str
    ago: int
    clause: str
    site: str
    place: str
    description: str
    causes: str
    harm: str
    difficulty: str
    interim: str
    plan: tuple[str, ...]
    responsible: str
    funds: Decimal
    due: int
    photos: int
    gone: int | None = None


def dangers(firm: str) -> list[Danger]:
    """Return what the enterprise of that name finds."""
    text = resources.files("portal.demo").joinpath("hazards.toml")
    tables = tomllib.loads(text.read_text(encoding="utf-8"))["hazards"]
    return [
        Danger(
            **{**table, "plan": tuple(table["plan"]), "funds": Decimal(table["funds"])}
        )
        for table in tables
        if table["firm"] == firm
    ]


def firms(*, count: int | None = None) -> list[Firm]:
    """Return the first `count` enterprises, or all."""
    text = resources.files("portal.demo").joinpath("enterprises.toml")
    tables = tomllib.loads(text.read_text(encoding="utf-8"))["enterprises"]
    return [_firm(number, table) for number, table in enumerate(tables[:count], 1)]


def dice(*parts: object) -> Random:
    """Return chance that falls alike every time for the same parts."""
    return Random("/".join(map(str, (SEED, *parts))))  # noqa: S311 (no secret)


def names() -> list[str]:
    """Return invented full names, no two alike, in an order that never changes."""
    found = [
        surname + first + second
        for surname in _SURNAMES
        for first in _GIVEN_FIRST
        for second in _GIVEN_SECOND
    ]
    dice("names").shuffle(found)
    return found


def _firm(number: int, table: dict[str, Any]) -> Firm:
    lists = {key: tuple(table[key]) for key in ("features", "team")}
    sites = tuple(Place(**site) for site in table["sites"])
    return Firm(**{**table, **lists, "sites": sites, "ordinal": number})
