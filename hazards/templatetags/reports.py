"""How reports are shown: their state, their sheet, what changed."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Acting, Capacity, Role
from hazards.models import MajorHazard, ReportStatus, SelfInspectionReport, TeamKind
from hazards.queries.completeness import Gap, Place
from hazards.rules.catalogue import clause
from hazards.rules.provisions import provision
from hazards.rules.quarters import Quarter
from hazards.templatetags.standards import clause_number

register = template.Library()

_KINDS = {
    ReportStatus.DRAFT: "neutral",
    ReportStatus.AWAITING_SIGNATURE: "waiting",
    ReportStatus.RECEIVED: "good",
    ReportStatus.UNDER_REVIEW: "waiting",
    ReportStatus.RETURNED: "attention",
    ReportStatus.ACCEPTED: "good",
}

_PARTS: Mapping[str, Any] = {
    "enterprise": gettext_lazy("Enterprise"),
    "principal": gettext_lazy("Principal responsible person"),
    "bureau": gettext_lazy("Receiving bureau"),
    "declaration": gettext_lazy("Statement"),
    "act.reason": gettext_lazy("Why the principal has not signed"),
    "act": gettext_lazy("How it was filed"),
    "report": gettext_lazy("Report"),
    "statement.nothing_found": gettext_lazy("Nothing found"),
    "statement.scope": gettext_lazy("What was inspected"),
    "statement.coverage": gettext_lazy("By which standards"),
    "statement.remarks": gettext_lazy("Remarks"),
    "inspections": gettext_lazy("Inspection"),
    "checklist": gettext_lazy("Checklist"),
}


@register.inclusion_tag("hazards/reports/_badge.html")
def report_badge(report: SelfInspectionReport) -> dict[str, object]:
    """Where the report stands, by word and shape, and that its signature is missing."""
    status = ReportStatus(report.status)
    kind, label = _KINDS[status], str(status.label)
    if status == ReportStatus.DRAFT and report.first_received_at is not None:
        kind, label = "attention", _("correction in preparation")
    icons = {
        "neutral": "circle",
        "waiting": "hourglass-split",
        "good": "check-circle-fill",
        "attention": "exclamation-triangle-fill",
    }
    return {
        "kind": kind,
        "label": label,
        "icon_name": icons[kind],
        "unsigned": _("unsigned") if report.is_unsigned else "",
    }


@register.inclusion_tag("components/status_badge.html")
def hazard_badge(hazard: MajorHazard) -> dict[str, object]:
    """Whether a hazard is on record, by word and shape."""
    if hazard.registered_at is None:
        return {
            "kind": "neutral",
            "label": _("draft, not on record"),
            "icon_name": "circle",
        }
    return {"kind": "good", "label": _("registered"), "icon_name": "check-circle-fill"}


@register.inclusion_tag("hazards/reports/_gap.html", takes_context=True)
def gap(context: template.Context, missing: Gap) -> dict[str, object]:
    """One thing that a report lacks, with the way to where it is cured."""
    return {
        "gap": missing,
        "url": _cure(missing, context["report"], acting=context["acting"]),
        "provision": provision(missing.source) if missing.source else None,
    }


def _cure(missing: Gap, report: SelfInspectionReport, *, acting: Acting) -> str:
    """Where it is cured; empty where this person can do nothing here."""
    if missing.hazard is not None:
        name = "report-hazard-plan" if missing.place == Place.PLAN else "report-hazard"
        return reverse(name, args=[report.public_id, missing.hazard.public_id])
    if missing.place == Place.CHECKLIST:
        return reverse("report-checklist", args=[report.public_id])
    if missing.place == Place.PEOPLE:
        sees = acting.role in {Role.PRINCIPAL, Role.TEAM_LEADER}
        return reverse("people") if sees else ""
    return "" if missing.place == Place.NOWHERE else f"#{missing.place.value}"


@register.inclusion_tag("hazards/reports/_sheet.html")
def report_sheet(
    content: Mapping[str, Any],
    *,
    comments: object = None,
    commenting: object = None,
) -> dict[str, object]:
    """
    Everything that a version says, in the order in which it is read; beside its items
    the bureau's comments and the boxes for them (templatetags.reviews.beside).
    """
    return {"content": content, "comments": comments, "commenting": commenting}


@register.filter
def quarter_name(quarter: Quarter | str) -> str:
    """A quarter as people say it; also from its short form, "2026Q2"."""
    known = quarter if isinstance(quarter, Quarter) else Quarter.parse(quarter)
    return _("%(year)s Q%(number)s") % {"year": known.year, "number": known.number}


@register.filter
def team_label(code: str) -> str:
    """The words for who inspected."""
    return str(TeamKind(code).label) if code in TeamKind.values else code


@register.filter
def capacity_label(code: str) -> str:
    """The words for as whom a person came; what is no code is shown as written."""
    for choices in (Capacity, Role):
        if code in choices.values:
            return str(choices(code).label)
    return code


@register.filter
def instant(text: str | None) -> dt.datetime | None:
    """An instant of the sealed content."""
    return dt.datetime.fromisoformat(text) if text else None


@register.filter
def day(text: str) -> dt.date:
    """A day of the sealed content."""
    return dt.date.fromisoformat(text)


@register.filter
def part_label(path: str) -> str:
    """The words for a place in the content, as the sheet names it."""
    bare = re.sub(r"\[\d+\]", "", path)
    for prefix, label in _PARTS.items():
        if bare.startswith(prefix):
            answered = re.fullmatch(r"checklist\[(.+?)\].*", path)
            number = clause_number(clause(answered[1])) if answered else ""
            return f"{label} {number}".rstrip()
    return path
