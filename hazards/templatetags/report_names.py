"""What a report is called: by its quarter, or by the hazard that it is about."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from hazards.models import ReportKind, SelfInspectionReport
from hazards.rules.seals import kind_of
from hazards.templatetags.reports import quarter_name

register = template.Library()


@register.filter
def named(report: SelfInspectionReport) -> str:
    """A report as a sentence names it."""
    return _name(report.naming())


@register.simple_tag(takes_context=True)
def report_named(context: template.Context) -> str:
    """The report of a notice, from the parameters that `naming` of a report gave it."""
    return _name(context)


@register.filter
def content_named(content: Mapping[str, Any]) -> str:
    """The report that sealed content is."""
    return _name({"report_kind": kind_of(content), **content["report"]})


def _name(naming: Mapping[str, Any] | template.Context) -> str:
    if naming.get("quarter"):
        quarter = quarter_name(naming["quarter"])
        return _("self-inspection report %(quarter)s") % {"quarter": quarter}
    hazard = {"number": naming.get("hazard")}
    if naming.get("report_kind") == ReportKind.PLAN:
        return _("treatment plan for major hazard %(number)s") % hazard
    return _("report of major hazard %(number)s") % hazard


@register.filter
def kind_name(kind: str) -> str:
    """A kind of report by its name alone."""
    return str(ReportKind(kind).label)


@register.filter
def timeliness(report: SelfInspectionReport) -> str:
    """Whether the first receipt was in time; nothing of what has no due time."""
    if report.in_time is None:
        return ""
    if report.is_quarterly:
        return _("in time") if report.in_time else _("after the due day")
    return _("prompt") if report.in_time else _("not prompt")


@register.filter
def edit_url(report: SelfInspectionReport) -> str:
    """The page on which a draft is written."""
    name = "report-edit" if report.is_quarterly else "hazard-report-edit"
    return reverse(name, args=[report.public_id])
