"""How reports are shown: their state, their sheet, what changed."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Acting, Capacity, Role
from hazards.models import (
    Attachment,
    MajorHazard,
    ReportKind,
    ReportStatus,
    SelfInspectionReport,
    TeamKind,
)
from hazards.queries.attachments import shown_by
from hazards.queries.completeness import Gap, Place
from hazards.rules.catalogue import clause
from hazards.rules.provisions import provision
from hazards.rules.quarters import Quarter
from hazards.templatetags.standards import clause_number

register = template.Library()

_KINDS: Mapping[str, str] = {
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
    "table": gettext_lazy("Statistics"),
    "statement.scope": gettext_lazy("What was inspected"),
    "statement.coverage": gettext_lazy("By which standards"),
    "statement.remarks": gettext_lazy("Remarks"),
    "inspections": gettext_lazy("Inspection"),
    "hazards": gettext_lazy("Major accident hazard"),
    "checklist": gettext_lazy("Checklist"),
}


# In the order of 安监总局令第16号, art. 15.
_PLAN: Mapping[str, Any] = {
    "goals": gettext_lazy("Goals and tasks"),
    "measures": gettext_lazy("Methods and measures"),
    "funds": gettext_lazy("Funds and materials"),
    "people": gettext_lazy("Bodies and people"),
    "schedule": gettext_lazy("Time limits and requirements"),
    "emergency": gettext_lazy("Safety measures and emergency plan"),
}

_OF_HAZARD: Mapping[str, Any] = {
    "clause": gettext_lazy("Clause"),
    "site": gettext_lazy("Site"),
    "place": gettext_lazy("Exact place or equipment"),
    "description": pgettext_lazy("of a hazard", "What is wrong"),
    "causes": gettext_lazy("How it came about"),
    "harm": gettext_lazy("What harm it can do"),
    "difficulty": gettext_lazy("How hard it is to put right"),
    "interim_measures": gettext_lazy("Interim measures"),
    "responsible_person": gettext_lazy("Person responsible"),
    "funds_planned": gettext_lazy("Funds planned"),
    "due_on": gettext_lazy("To be eliminated by"),
    "rectified_on": gettext_lazy("Eliminated on"),
    "found_at": gettext_lazy("Found"),
    "registered_at": gettext_lazy("Registered"),
    "first_reported_at": gettext_lazy("First reported"),
    "photos": gettext_lazy("Photos and documents"),
    **{f"plan.{key}": label for key, label in _PLAN.items()},
    "plan": gettext_lazy("The plan"),
}


@register.filter
def badge_kind(report: SelfInspectionReport) -> str:
    """The kind of badge for where the report stands."""
    return "attention" if _is_corrected(report) else _KINDS[report.status]


@register.filter
def badge_word(report: SelfInspectionReport) -> str:
    """The word for where the report stands."""
    if _is_corrected(report):
        return _("correction in preparation")
    return str(ReportStatus(report.status).label)


def _is_corrected(report: SelfInspectionReport) -> bool:
    draft = report.status == ReportStatus.DRAFT
    return draft and report.first_received_at is not None


@register.inclusion_tag("hazards/reports/_badge.html")
def report_badge(report: SelfInspectionReport) -> dict[str, object]:
    """Where the report stands, by word and shape, and that its signature is missing."""
    return {
        "kind": badge_kind(report),
        "label": badge_word(report),
        "unsigned": _("unsigned") if report.is_unsigned else "",
    }


@register.inclusion_tag("components/status_badge.html")
def hazard_badge(hazard: MajorHazard) -> dict[str, object]:
    """Whether a hazard is on record, by word and shape."""
    if hazard.registered_at is None:
        return {"kind": "neutral", "label": _("draft, not on record")}
    return {"kind": "good", "label": _("registered")}


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
    if missing.hazard is not None and not report.is_quarterly:
        page = "edit" if missing.place == Place.WHAT else "check"
        if report.kind == ReportKind.PLAN:
            page = "edit"
            if missing.place in {Place.WHAT, Place.EXTENT}:
                place = [report.public_id, missing.hazard.public_id]
                return reverse("report-hazard", args=place)
        return reverse(f"hazard-report-{page}", args=[report.public_id])
    if missing.hazard is not None:
        name = "report-hazard-plan" if missing.place == Place.PLAN else "report-hazard"
        return reverse(name, args=[report.public_id, missing.hazard.public_id])
    if missing.place == Place.CHECKLIST:
        return reverse("report-checklist", args=[report.public_id])
    if missing.place == Place.PEOPLE:
        sees = acting.role in {Role.PRINCIPAL, Role.TEAM_LEADER}
        return reverse("people") if sees else ""
    return "" if missing.place == Place.NOWHERE else f"#{missing.place.value}"


@register.inclusion_tag("hazards/reports/_sheet.html", takes_context=True)
def report_sheet(
    context: template.Context,
    content: Mapping[str, Any],
    *,
    comments: object = None,
    commenting: object = None,
) -> dict[str, object]:
    """
    Everything that a version says, in the order in which it is read; beside its items
    the bureau's comments and the boxes for them (templatetags.reviews.beside). Photos
    are those of the `report` on the page; 1 query where there are any.
    """
    shows_photos = any(hazard["photos"] for hazard in content.get("hazards", ()))
    return {
        "content": content,
        "comments": comments,
        "commenting": commenting,
        "kept_photos": shown_by(context["report"]) if shows_photos else {},
    }


@register.filter
def kept(
    photos: Sequence[Mapping[str, str]], files: Mapping[str, Attachment]
) -> list[Attachment]:
    """The files that belong to the photos of the content, by digest."""
    digests = [photo["sha256"] for photo in photos]
    return [files[digest] for digest in digests if digest in files]


@register.filter
def plan_rows(plan: Mapping[str, str]) -> list[tuple[str, str]]:
    """The six elements of a plan in the order of the law; none of a blank plan."""
    if not any(plan.values()):
        return []
    return [(str(_PLAN[key]), plan[key]) for key in _PLAN]


@register.filter
def quarter_name(quarter: Quarter | str) -> str:
    """A quarter as people say it; also from its short form, "2026Q2"."""
    if not quarter:
        return ""  # about a hazard
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
    if of_hazard := re.fullmatch(r"hazards\[([^\]]+)\](?:\.(.+))?", path):
        return _hazard_part(of_hazard[1], of_hazard[2] or "")
    bare = re.sub(r"\[\d+\]", "", path)
    for prefix, label in _PARTS.items():
        if bare.startswith(prefix):
            answered = re.fullmatch(r"checklist\[(.+?)\].*", path)
            number = clause_number(clause(answered[1])) if answered else ""
            return f"{label} {number}".rstrip()
    return path


def _hazard_part(number: str, field: str) -> str:
    """The words for a place in a hazard: its number, and what of it."""
    for prefix, label in _OF_HAZARD.items():
        if field.startswith(prefix):
            return f"{number}: {label}"
    return f"{_PARTS['hazards']} {number}"
