"""Which files a report shows, and what they are called when handed out."""

from hazards.models import (
    Attachment,
    FindingPhoto,
    HazardActFile,
    HazardPhoto,
    MajorHazard,
    MediaType,
    PaperReceipt,
    SelfInspectionReport,
    Suspension,
)

_ENDINGS = {MediaType.JPEG: "jpg", MediaType.PNG: "png", MediaType.PDF: "pdf"}


def shown_by(report: SelfInspectionReport) -> dict[str, Attachment]:
    """The files that any version of the report shows, by digest; 1 query."""
    shown = Attachment.objects.filter(photos__version__report=report).distinct()
    return {attachment.sha256: attachment for attachment in shown}


def photos_in(report: SelfInspectionReport, hazard: MajorHazard) -> list[Attachment]:
    """What the report's open version shows of the hazard, in order; 1 query."""
    photos = HazardPhoto.objects.filter(
        version__report=report, version__sealed_at__isnull=True, hazard=hazard
    )
    return [
        photo.attachment
        for photo in photos.select_related("attachment").order_by("ordinal", "id")
    ]


def file_name(attachment: Attachment) -> str:
    """A name of ours for the file, in ASCII: to what it belongs, and which it is."""
    ending = _ENDINGS[MediaType(attachment.media_type)]
    photo = (
        HazardPhoto.objects.filter(attachment=attachment)
        .select_related("hazard")
        .order_by("id")
        .first()
    )
    if photo is not None:
        return f"{photo.hazard.number}-{photo.ordinal}.{ending}"
    paper = (
        PaperReceipt.objects.filter(scan=attachment)
        .select_related("version__report")
        .order_by("id")
        .first()
    )
    if paper is not None:
        return f"{paper.version.report.number}-paper.{ending}"
    stop = Suspension.objects.filter(evidence=attachment).order_by("id").first()
    if stop is not None:
        return f"stop-{stop.from_on}.{ending}"
    file = (
        HazardActFile.objects.filter(attachment=attachment)
        .select_related("act__hazard")
        .order_by("id")
        .first()
    )
    if file is not None:
        return f"{file.act.hazard.number}-{file.moment}.{ending}"
    found = (
        FindingPhoto.objects.filter(attachment=attachment)
        .select_related("finding")
        .order_by("id")
        .first()
    )
    if found is not None:
        return f"{found.finding.number}-{found.ordinal}.{ending}"
    return f"attachment.{ending}"
