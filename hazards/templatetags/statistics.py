"""How the statistics are shown on a page, in the reader's words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hazards.rules.statistics_sheet import OWN_LAYOUT, sheet

register = template.Library()

SECTIONS: Final[tuple[str | Promise, ...]] = (
    _("Inspections"),
    _("General hazards"),
    _("Major accident hazards"),
    _("Funds, in 10,000 yuan (万元)"),
)
LABELS: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        "inspections.held": _("held"),
        "inspections.by_own_team": _("of them by the own team"),
        "inspections.with_principal": _("of them with the principal"),
        "general.open_before": _("open before"),
        "general.found": _("found in the period"),
        "general.graded_down": _("came by grading down a major one"),
        "general.rectified": _("eliminated"),
        "general.struck_out": _("struck out as recorded in error"),
        "general.graded_up": _("graded up to major"),
        "general.open_at_end": _("open at the end"),
        "general.overdue": _("of them past the deadline"),
        "general.rate": _("share eliminated, in percent"),
        "major.open_before": _("open before"),
        "major.found": _("found in the period"),
        "major.recurred": _("of them found again after they were closed"),
        "major.graded_up": _("came by grading major again"),
        "major.closed": _("closed"),
        "major.graded_down": _("graded down to general"),
        "major.struck_out": _("struck out as reported in error"),
        "major.handed_over": _("handed over to another department"),
        "major.open_at_end": _("open at the end"),
        "major.planned": _("of them with a complete plan (五到位)"),
        "major.accepted": _("of them accepted, waiting to be closed"),
        "major.overdue": _("of them past the deadline"),
        "major.listed.province": _("of them listed by the province"),
        "major.listed.city": _("of them listed by the city"),
        "major.listed.county": _("of them listed by the county"),
        "major.rate": _("share closed, in percent"),
        "funds.planned": _("planned for major hazards open at the end"),
        "funds.spent": _("spent in the period"),
    }
)


@register.inclusion_tag("hazards/statistics/_table.html")
def statistics_table(table: Mapping[str, Any] | None) -> dict[str, object]:
    """The counts of a quarter, and of its year where it was counted."""
    if not table:
        return {"sheet": None}
    laid_out = sheet(table)
    return {
        "sheet": laid_out,
        "has_year": len(laid_out.periods) > 1,
        "sections": [
            (heading, [(LABELS[row.path], row.values) for row in section.rows])
            for heading, section in zip(SECTIONS, laid_out.sections, strict=True)
        ],
        "own_layout": OWN_LAYOUT,
    }
