"""Copies of record and repudiations beside a report."""

from django import template
from django.urls import reverse

from hazards.models import Repudiation, Seal, SealKind, SelfInspectionReport
from hazards.queries.copies import address_of, code_of, repudiations_of

register = template.Library()


@register.simple_tag
def copy_url(report: SelfInspectionReport, seal: Seal) -> str:
    """Where whoever sees the report takes the seal's copy of record."""
    later = seal.kind == SealKind.LATER_SIGNATURE
    name = "report-later-copy" if later else "report-copy"
    return reverse(name, args=[report.public_id, seal.version.ordinal])


@register.simple_tag
def verification_code(seal: Seal) -> str:
    """The code by which anybody verifies the copy."""
    return code_of(seal)


@register.simple_tag
def verification_url(seal: Seal) -> str:
    """The whole address of the public page about the copy."""
    return address_of(seal)


@register.inclusion_tag("hazards/copies/_repudiated.html")
def repudiated(report: SelfInspectionReport) -> dict[str, list[Repudiation]]:
    """Who denies a signature under the report, and why; nothing if nobody. 1 query."""
    return {"rows": list(repudiations_of(report))}
