"""
What a copy of record says, as plain values, from the sealed bytes and the seal alone:
rows that may change since (names, roles, bureaus) are not looked at.
"""

import datetime as dt
import io
import json
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import segno
from django.conf import settings
from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import TupleLessThan
from django.urls import reverse

from accounts.models import Capacity, Role, User
from accounts.queries.paging import PAGE_SIZE
from hazards.models import (
    Answer,
    ReportKind,
    Repudiation,
    Seal,
    SealKind,
    SelfInspectionReport,
    TeamKind,
)
from hazards.rules import catalogue
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter
from hazards.rules.seals import kind_of
from hazards.rules.statistics_sheet import OWN_LAYOUT, sheet

DIGITS_IN_CODE: Final = 12
"""How many of the digest's hexadecimal digits a verification code carries."""

# The record is Chinese in whatever language the portal is read.
MARKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        SealKind.SIGNED: "主要负责人已签字",
        SealKind.UNSIGNED: "未签字",
        SealKind.PAPER: "纸质登记",
        SealKind.LATER_SIGNATURE: "补签",
    }
)
WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        TeamKind.INTERNAL: "内部检查小组",
        TeamKind.EXTERNAL: "外部人员",
        Capacity.LEADERSHIP: "领导班子成员",
        Capacity.SAFETY_BODY: "安全管理机构",
        Capacity.UNION: "工会",
        Capacity.EMPLOYEE: "职工代表",
        Capacity.SAFETY_ENGINEER: "注册安全工程师",
        Role.CLERK: "填报员",
        Role.TEAM_LEADER: "检查小组组长",
        Role.TEAM_MEMBER: "检查小组成员",
        Role.PRINCIPAL: "主要负责人",
        Answer.FINE: "已检查，符合",
        Answer.HAZARD: "存在隐患",
        Answer.NOT_APPLICABLE: "不适用",
        Answer.NOT_CHECKED: "未检查",
        "password": "登录密码",
        "totp": "动态验证码",
    }
)
_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ReportKind.QUARTERLY: "生产经营单位季度重大事故隐患自查报告",
        ReportKind.HAZARD: "重大事故隐患报告",
        ReportKind.PLAN: "重大事故隐患治理方案",
    }
)
_SIGNERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        SealKind.SIGNED: "主要负责人",
        SealKind.UNSIGNED: "检查小组组长（主要负责人未签字）",
        SealKind.PAPER: "应急管理部门登记人",
        SealKind.LATER_SIGNATURE: "主要负责人（补签）",
    }
)


def with_all_a_copy_needs() -> QuerySet[Seal]:
    """Seals with their chain entry, ready for `copy_values` without more queries."""
    return Seal.objects.select_related("chain_entry", "version")


def made_by(user: User) -> QuerySet[Seal]:
    """Every seal that the person made, under whatever role."""
    return Seal.objects.filter(signed_by__user=user).select_related(
        "repudiation",
        "signed_by",
        "version__report__enterprise",
        "version__report__hazard",
    )


@dataclass(frozen=True)
class SignaturesPage:
    """One page of what a person signed, and the key of the next, if there is one."""

    seals: list[Seal]
    next_key: str


def signatures_page(user: User, *, after: str = "") -> SignaturesPage:
    """
    What the person signed, newest first, after the receipt of that number; one that is
    none of theirs starts anew. At most two queries.
    """
    rows = made_by(user).defer("content").order_by("-signed_at", "-id")
    last = rows.filter(receipt_number=after).first() if after else None
    if last is not None:
        key = (last.signed_at, last.pk)
        rows = rows.filter(TupleLessThan((F("signed_at"), F("id")), key))
    found = list(rows[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    shown = found[:PAGE_SIZE]
    return SignaturesPage(shown, shown[-1].receipt_number if more else "")


def repudiations_of(report: SelfInspectionReport) -> QuerySet[Repudiation]:
    """Who denies having made a seal of the report, oldest first."""
    return (
        Repudiation.objects.filter(seal__version__report=report)
        .select_related("by", "seal")
        .defer("seal__content")
        .order_by("at", "id")
    )


def code_of(seal: Seal) -> str:
    """The verification code: the receipt's number and how the digest begins."""
    return f"{seal.receipt_number}-{seal.content_sha256[:DIGITS_IN_CODE]}"


def address_of(seal: Seal) -> str:
    """Where anybody may ask whether a copy is genuine."""
    path = reverse("verify-code", args=[code_of(seal)])
    return settings.PORTAL_URL.rstrip("/") + path


def report_content(seal: Seal) -> dict[str, Any]:
    """
    What was sealed of the report: the seal's own bytes, or, of a later signature, those
    of the receipt under which it was put.
    """
    return dict(json.loads(bytes(_of_the_report(seal).content)))


def copy_values(seal: Seal) -> dict[str, Any]:
    """
    Everything that the copy says. Text is as it was sealed, but that signs without a
    shape (U+202E and its like) are named instead of obeyed, and rare ones named too.
    """
    own: dict[str, Any] = json.loads(bytes(seal.content))
    report = report_content(seal)
    act = own.get("act") or {}
    return {
        "mark": MARKS[seal.kind],
        "receipt": _receipt(seal, bureau=_bureau(own, report)),
        "signature": {
            "capacity": _SIGNERS[seal.kind],
            "name": _visible(_signer(seal, own)),
            "at": _moment(seal.signed_at),
            "factor": WORDS.get(seal.factor, seal.factor),
        },
        "act": _particulars(act),
        "declaration": _visible(seal.statement),
        "proof": {
            "sha256": seal.content_sha256,
            "ordinal": seal.chain_entry.ordinal,
            "head": seal.chain_entry.entry_sha256,
            "format": seal.seal_format,
            "code": code_of(seal),
            "address": address_of(seal),
        },
        "put_under": _put_under(seal),
        "report": _report(_visible(report)),
    }


def qr_of(address: str, *, scales: bool = False) -> str:
    """
    The address as a drawing (SVG) for a phone's camera; one that `scales` is as wide as
    the page makes it.
    """
    drawing = io.BytesIO()
    segno.make(address, error="m").save(
        drawing, kind="svg", border=2, xmldecl=False, nl=False, omitsize=scales
    )
    return drawing.getvalue().decode()


def _particulars(act: Mapping[str, Any]) -> list[list[str]]:
    """What is told of an act beside its kind and whose it is."""
    told = (
        ("主要负责人未签字的原因", act.get("reason")),
        ("纸质报告收到时间", _in_words(act.get("received_at"))),
        ("纸质原件扫描件 SHA-256", (act.get("scan") or {}).get("sha256")),
        ("登记说明", act.get("note")),
    )
    return [[label, _visible(value)] for label, value in told if value]


def _of_the_report(seal: Seal) -> Seal:
    return _lodged(seal) if seal.kind == SealKind.LATER_SIGNATURE else seal


def _lodged(seal: Seal) -> Seal:
    """The receipt under whose version a later signature was put."""
    return Seal.objects.exclude(kind=SealKind.LATER_SIGNATURE).get(
        version_id=seal.version_id
    )


def _put_under(seal: Seal) -> dict[str, str] | None:
    under = _of_the_report(seal)
    if under is seal:
        return None
    return {
        "number": under.receipt_number,
        "received": _moment(under.received_at),
        "in_time": _in_time(under),
        "sha256": under.content_sha256,
    }


def _receipt(seal: Seal, *, bureau: str) -> dict[str, str]:
    return {
        "number": seal.receipt_number,
        "received": _moment(seal.received_at),
        "due": "—"
        if seal.due_at is None
        else _moment(seal.due_at) + ("（暂定）" if seal.due_is_provisional else ""),
        "in_time": _in_time(seal),
        "bureau": _visible(bureau),
    }


def _in_time(seal: Seal) -> str:
    """Of a correction the first receipt counts, so that is what is said of it."""
    report = seal.version.report
    first = report.first_received_at
    if seal.kind == SealKind.LATER_SIGNATURE or first in {None, seal.received_at}:
        return _word(report, in_time=seal.in_time)
    judged = _word(report, in_time=report.in_time)
    return "，".join(part for part in (f"首次接收 {_moment(first)}", judged) if part)


def _word(report: SelfInspectionReport, *, in_time: bool | None) -> str:
    """A plan has no due time, so nothing is said of it."""
    if in_time is None:
        return ""
    if report.is_quarterly:
        return "按期" if in_time else "逾期"
    return "及时" if in_time else "未及时"


def _bureau(own: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    return str((own.get("bureau") or report["bureau"])["name"])


def _signer(seal: Seal, own: Mapping[str, Any]) -> str:
    """The name of who made the seal, as the sealed bytes say it."""
    if seal.kind in {SealKind.SIGNED, SealKind.LATER_SIGNATURE}:
        return str(own["principal"]["name"])
    act = own["act"]
    return str(act.get("lodged_by") or act.get("entered_by") or "")


def _in_words(value: Any) -> Any:
    """A moment of the sealed bytes as people read it; all else as it is."""
    try:
        return _moment(dt.datetime.fromisoformat(value))
    except (TypeError, ValueError):
        return value


def _moment(at: dt.datetime) -> str:
    """An instant in Asia/Shanghai, to the second."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _report(content: dict[str, Any]) -> dict[str, Any]:
    kind = kind_of(content)
    return {
        **content,
        "kind": kind,
        "title": _TITLES[kind],
        "quarter": _quarter(content["report"].get("quarter")),
        "inspections": [_visit(visit) for visit in content.get("inspections", ())],
        "hazards": [_hazard(hazard) for hazard in content.get("hazards", ())],
        "checklist": _checklist(content.get("checklist")),
        "statistics": _statistics(content.get("table")),
    }


def _quarter(text: str | None) -> str | None:
    if not text:
        return None
    quarter = Quarter.parse(text)
    return f"{quarter.year}年第{'一二三四'[quarter.number - 1]}季度"


def _statistics(table: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {**sheet(table).values(), "own_layout": OWN_LAYOUT} if table else None


def _visit(visit: dict[str, Any]) -> dict[str, Any]:
    took_part = visit["principal_took_part"]
    return {
        **visit,
        "team": WORDS.get(visit["team"], visit["team"]),
        "people": [
            {
                "name": person["name"],
                "capacity": WORDS.get(person["capacity"], person["capacity"]),
                "signed_in": _in_words(person["signed_in_at"]),
            }
            for person in visit["people"]
        ],
        "principal_took_part": took_part
        and {**took_part, "confirmed_at": _in_words(took_part["confirmed_at"])},
    }


def _hazard(hazard: dict[str, Any]) -> dict[str, Any]:
    instants = ("found_at", "registered_at", "first_reported_at")
    shown = {**hazard, **{name: _in_words(hazard[name]) for name in instants}}
    if cited := hazard["clause"]:
        shown["clause"] = {**cited, "number": _number_words(cited)}
    return shown


def _number_words(cited: Mapping[str, str]) -> str:
    try:
        return catalogue.clause(cited["code"]).number_zh
    except (KeyError, ValueError):
        return f"第{cited['number']}条"


def _checklist(rows: list[dict[str, Any]] | None) -> dict[str, Any] | None:
    """How many clauses were answered how; in words, those that were not checked."""
    if rows is None:
        return None
    counted = Counter(row["answer"] for row in rows)
    left_out = {Answer.NOT_APPLICABLE.value, Answer.NOT_CHECKED.value}
    return {
        "counts": [[WORDS[answer], counted[answer]] for answer in Answer],
        "left_out": [
            {
                "clause": _clause_words(row["clause"]),
                "answer": WORDS[row["answer"]],
                "reason": row["reason"],
            }
            for row in rows
            if row["answer"] in left_out
        ],
    }


def _clause_words(code: str) -> str:
    try:
        clause = catalogue.clause(code)
    except (KeyError, ValueError):
        return code
    return f"{clause.standard.number}{clause.number_zh}：{clause.zh}"


def _visible(value: Any) -> Any:
    """The value with every sign that has no shape of its own named by its number."""
    if isinstance(value, str):
        return "".join(_with_its_number(sign) for sign in value)
    if isinstance(value, Mapping):
        return {key: _visible(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_visible(inner) for inner in value]
    return value


def _with_its_number(sign: str) -> str:
    if sign in "\n\t":
        return sign
    if unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cn"}:
        return f"〔U+{ord(sign):04X}〕"
    # Rare characters of names, which the fonts may not have.
    return sign if ord(sign) < 0x10000 else f"{sign}〔U+{ord(sign):X}〕"
