"""Documents of a check and of its cases, set as PDF in Chinese."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final

from hazards.models import Determination, Finding, SpotCheck
from hazards.rules import catalogue
from hazards.rules.catalogue.numbers import in_chinese
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.provisions import PROVISIONS
from hazards.services.typesetting import pdf

_RESPONDENTS: Final = {
    "enterprise": "生产经营单位",
    "principal": "主要负责人",
    "team": "企业内部安全检查小组",
}
_OUTCOMES: Final = {
    "no_penalty": "建议不予处罚",
    "penalty": "建议立案",
    "accountability": "建议责任倒查",
    "review": "待人工核查判断",
    "none": "不产生第十项所列后果",
}
_LEANINGS: Final = {"penalty": "记录倾向于立案", "no_penalty": "记录倾向于不予处罚"}
_HOLDS: Final = {True: "是", False: "否", None: "记录不足以判断"}
_FLAGS: Final = {
    "missing_quarter": "疑似季度未检查或未报告",
    "principal_absent": "疑似主要负责人全年未参加检查",
}
_VALUES: Final = {
    True: "是",
    False: "否",
    "notice": "检查通知",
    "arrival": "到达现场",
    "finding": "发现隐患",
    "penalty": "建议立案",
    "no_penalty": "建议不予处罚",
    "review": "待核查",
    "none": "不作建议",
}


def determination_pdf(made: Determination) -> bytes:
    """Set a determination from its kept bytes alone; always the same bytes."""
    kept = json.loads(bytes(made.content))
    result, frame = kept["result"], kept["frame"]
    values = {
        "number": frame["number"],
        "sha256": made.content_sha256,
        "head": _head(frame, result),
        "proposals": [
            [
                whom,
                _proposal(result[key]),
                frame["principal"] if key == "principal" else "",
            ]
            for key, whom in _RESPONDENTS.items()
        ],
        "flags": [_FLAGS.get(flag, flag) for flag in result["flags"]],
        "questions": [_question(q, kept, result) for q in kept["questions"]],
        "rulebooks": [[one["version"], one["digest"]] for one in kept["rulebooks"]],
        "facts": kept["facts"]["name"],
    }
    return pdf("determination", values, at=dt.datetime.fromisoformat(frame["at"]))


def opinion_pdf(check: SpotCheck) -> bytes:
    """
    Set what a check found and asks for, all at once (应急〔2025〕11号, items 8 and 9),
    with room for signatures; the same record gives the same bytes.
    """
    found = list(
        Finding.objects.filter(spot_check=check).select_related("site").order_by("id")
    )
    officers = check.officers.select_related("membership__user").order_by("id")
    begun_at = check.started_at or check.planned_at
    values = {
        "number": check.number,
        "bureau": check.bureau.name,
        "enterprise": check.enterprise.name,
        "uscc": check.enterprise.uscc,
        "begun": _instant(begun_at),
        "officers": [
            [one.membership.user.full_name, one.certificate_number] for one in officers
        ],
        "findings": [_found(one) for one in found],
    }
    at = max((one.found_at for one in found), default=begun_at)
    return pdf("rectification-opinion", values, at=at)


def _head(frame: Mapping[str, Any], result: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = frame["finding"]
    clause = f"{found['standard']} {found['clause_number']} {found['clause']}".strip()
    where = " · ".join(filter(None, (found["site"], found["place"])))
    return [
        ("执法检查部门", frame["bureau"]),
        ("生产经营单位", frame["enterprise"]["name"]),
        ("统一社会信用代码", frame["enterprise"]["uscc"]),
        ("检查编号", frame["check"]),
        ("发现编号", found["number"]),
        ("发现时间", _instant(dt.datetime.fromisoformat(found["found_at"]))),
        ("部位", where),
        ("情况", found["description"]),
        ("对照条款", clause or "—"),
        ("整改期限", found["rectify_by"] or "—"),
        ("记录截止时点", _instant(dt.datetime.fromisoformat(result["cutoff"]))),
        ("认定时间", _instant(dt.datetime.fromisoformat(frame["at"]))),
    ]


def _proposal(outcome: Mapping[str, str]) -> str:
    said = _OUTCOMES[outcome["outcome"]]
    leaning = outcome.get("leaning", "")
    return f"{said}（{_LEANINGS[leaning]}）" if leaning else said


def _question(
    question: Mapping[str, Any], kept: Mapping[str, Any], result: Mapping[str, Any]
) -> dict[str, Any]:
    names, articles = kept["frame"]["policies"], kept["provisions"]
    return {
        "question": question["question"],
        "holds": _HOLDS[question["holds"]],
        "decides": question["code"] == result["decisive"],
        "because": question["because"],
        "articles": [
            f"{articles[key]['source_zh']}{_number(key)}：{articles[key]['zh']}"
            + ("" if articles[key]["confidence"] == "found" else "（条文待核对）")
            for key in question["provisions"]
        ],
        "policies": [
            f"{names.get(name, name)}：{_VALUES.get(value, value)}"
            if isinstance(value, str | bool)
            else f"{names.get(name, name)}：{value}"
            for name, value in question["policies"].items()
        ],
        "records": [name.partition(":")[2] for name in question["records"]],
    }


def _number(key: str) -> str:
    """Where in its instrument an article stands: 第九十四条 as 第94条."""
    kind, *numbers = key.rpartition("/")[2].split("-")
    first, *item = numbers
    article = f"第{first}{'条' if kind == 'art' else '项'}"
    if item and PROVISIONS[key].inserted:
        return f"{article}之{in_chinese(int(item[0]))}"
    return article + (f"第（{item[0]}）项" if item else "")


def _found(finding: Finding) -> dict[str, str]:
    clause = catalogue.CLAUSES.get(finding.clause)
    kept = finding.clause_facts or {}
    said = kept.get("text") or (clause.zh if clause else "")
    standard = kept.get("standard") or (clause.standard.zh if clause else "")
    where = " · ".join(
        filter(None, (finding.site.name if finding.site else "", finding.place))
    )
    return {
        "number": finding.number,
        "kind": "疑似重大事故隐患，待核查" if finding.is_major else "一般问题",
        "where": where,
        "description": finding.description,
        "clause": f"{standard}：{said}" if said else "—",
        "ordered": finding.ordered or "—",
        "rectify_by": finding.rectify_by.isoformat() if finding.rectify_by else "—",
    }


def _instant(at: dt.datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}（北京时间）"
