"""How photos and documents are shown, and taken in."""

from collections.abc import Sequence

from django import template

from hazards.models import Attachment, MajorHazard, MediaType, SelfInspectionReport
from hazards.queries.attachments import photos_in
from hazards.rules.limits import LIMITS

register = template.Library()


@register.inclusion_tag("hazards/attachments/_photos.html")
def hazard_photos(
    report: SelfInspectionReport, hazard: MajorHazard
) -> dict[str, object]:
    """What the open version shows of a hazard, to add to and take from."""
    return {
        "report": report,
        "hazard": hazard,
        "photos": photos_in(report, hazard),
        "editable": True,
        "most": LIMITS["photos_per_hazard"][-1].value,
        "largest": LIMITS["upload_bytes"][-1].value,
        "largest_megabytes": LIMITS["upload_bytes"][-1].value // 1024**2,
    }


@register.inclusion_tag("hazards/attachments/_strip.html")
def photo_strip(attachments: Sequence[Attachment]) -> dict[str, object]:
    """Small pictures, each leading to the full one."""
    return {"photos": attachments}


@register.filter
def is_document(attachment: Attachment) -> bool:
    """Whether it has pages rather than a picture."""
    return attachment.media_type == MediaType.PDF
