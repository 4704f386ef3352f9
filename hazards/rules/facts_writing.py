"""Facts written as a facts file, without what has its default."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from hazards.rules.deadlines import SHANGHAI
from hazards.rules.facts import (
    SINCE_EVER,
    EnterpriseFacts,
    Facts,
    FindingFacts,
    HazardFacts,
    InspectionFacts,
    ReportFacts,
)
from hazards.rules.quarters import Quarter

Row = dict[str, Any]

_ABSENT: tuple[object, ...] = (None, False, ())


def plain(facts: Facts) -> dict[str, Any]:
    """
    Return the facts as JSON has them; `facts_files.read` gives equal facts back.

    A suspension that the bureau refused is left out, as it is in every facts file.
    """
    written: Row = _with(_document(facts), lambda value: value.isoformat())
    return written


def toml(facts: Facts) -> str:
    """Return the facts as a file for people; `facts_files.read` gives them back."""
    document = _with(_document(facts), lambda value: value)
    tops = {k: v for k, v in document.items() if not isinstance(v, dict | list)}
    lines = [f"{key} = {_value(value)}" for key, value in tops.items()]
    for key, part in document.items():
        if key == "quarters":
            for quarter, fixed in part.items():
                lines += ["", f'[quarters."{quarter}"]', *_lines(fixed)]
        elif isinstance(part, dict):
            lines += ["", f"[{key}]", *_lines(part)]
        elif isinstance(part, list):
            for row in part:
                lines += ["", f"[[{key}]]", *_lines(row)]
    return "\n".join([*lines, ""])


def _document(facts: Facts) -> Row:
    return {
        "name": facts.name,
        **_said({"decided_on": facts.decided_on}),
        **({"policy": dict(facts.policy)} if facts.policy else {}),
        **({"quarters": _quarters(facts)} if facts.quarters else {}),
        "enterprise": _enterprise(facts.enterprise),
        "inspections": [_inspection(inspection) for inspection in facts.inspections],
        "reports": [_report(report) for report in facts.reports],
        "hazards": [_hazard(hazard) for hazard in facts.hazards],
        "finding": _finding(facts.finding),
    }


def _said(row: Row) -> Row:
    """Leave out what is not said: nothing, no, or an empty list."""
    return {key: value for key, value in row.items() if value not in _ABSENT}


def _quarters(facts: Facts) -> Row:
    return {
        str(quarter): _said(
            {"due_on": fixed.due_on, "first_quarter": fixed.first_quarter}
        )
        for quarter, fixed in facts.quarters.items()
    }


def _enterprise(enterprise: EnterpriseFacts) -> Row:
    suspensions = [
        _said(
            {
                "from": one.from_on,
                "to": one.to_on,
                "declared_at": None
                if one.declared_at == SINCE_EVER
                else one.declared_at,
                "confirmed": one.confirmed,
            }
        )
        for one in enterprise.suspensions
        if one.confirmed is not False
    ]
    principals = [
        _said({"person": term.person, "from": term.from_on, "to": term.to_on})
        for term in enterprise.principals
    ]
    return {
        "established_on": enterprise.established_on,
        "responsible_bureau": enterprise.responsible_bureau,
        "suspensions": suspensions,
        "waivers": [{"quarter": waiver.quarter} for waiver in enterprise.waivers],
        "principals": principals,
    }


def _inspection(inspection: InspectionFacts) -> Row:
    row: Row = {"id": inspection.id, "held_on": inspection.held_on}
    if inspection.ended_on != inspection.held_on:
        row["ended_on"] = inspection.ended_on
    row["team"] = "internal" if inspection.internal else "external"
    if inspection.took_part is not None:
        row["took_part"] = inspection.took_part
    return row


def _report(report: ReportFacts) -> Row:
    return {
        "quarter": report.quarter,
        "inspections": report.inspections,
        **_said({"signed_by": report.signed_by}),
        "received_at": report.received_at,
    }


def _hazard(hazard: HazardFacts) -> Row:
    extensions = [
        _said(
            {
                "asked_at": asked.asked_at,
                "approved_at": asked.approved_at,
                "refused": asked.refused,
                "due_on": asked.due_on,
            }
        )
        for asked in hazard.extensions
    ]
    return _said(
        {
            "id": hazard.id,
            "graded": hazard.graded,
            "found_at": hazard.found_at,
            "registered_at": hazard.registered_at,
            "reported_at": hazard.reported_at,
            "reported_to": hazard.reported_to,
            "report_state": hazard.report_state,
            "signed_by": hazard.signed_by,
            "plan": hazard.plan,
            "planned_at": hazard.planned_at,
            "interim_measures": hazard.interim_measures,
            "due_on": hazard.due_on,
            "extensions": tuple(extensions),
            "progress": hazard.progress,
            "accepted_at": hazard.accepted_at,
            "closed_at": hazard.closed_at,
        }
    )


def _finding(finding: FindingFacts) -> Row:
    row: Row = {
        "found_at": finding.found_at,
        "arrival_at": finding.arrival_at,
        "notice_at": finding.notice_at,
        "visit": finding.visit,
        "regulator": finding.regulator,
        "match": finding.match
        and _said({"hazard": finding.match.hazard, "verdict": finding.match.verdict}),
        "falsified": finding.falsified,
        "stop_order_defied": finding.stop_order_defied,
        "accident": finding.accident,
    }
    # Of these a no is not the same as nothing said.
    judged = {
        "major": finding.major,
        "measures_effective": finding.measures_effective,
        "existed_at_last_inspection": finding.existed_at_last_inspection,
    }
    said = {key: value for key, value in judged.items() if value is not None}
    return _said(row) | said


def _with(value: Any, dates: Callable[[dt.date], Any]) -> Any:
    """Return the value with its dates and times written, and lists as JSON's."""
    if isinstance(value, Mapping):
        return {key: _with(part, dates) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_with(part, dates) for part in value]
    if isinstance(value, dt.datetime):
        return dates(_written(value))
    if isinstance(value, dt.date):
        return dates(value)
    return str(value) if isinstance(value, Quarter) else value


def _written(at: dt.datetime) -> dt.datetime:
    """Return it in Asia/Shanghai; in UTC where that had no offset of whole minutes."""
    local = at.astimezone(SHANGHAI)
    offset = local.utcoffset() or dt.timedelta()
    return local.astimezone(dt.UTC) if offset % dt.timedelta(minutes=1) else local


def _lines(row: Row) -> list[str]:
    return [f"{key} = {_value(value)}" for key, value in row.items()]


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(_lines(value)) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, dt.date):
        return value.isoformat()
    # Strings of JSON are strings of TOML but for this character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
