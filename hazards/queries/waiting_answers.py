"""What somebody has asked about a hazard and nobody has answered."""

from hazards.models import (
    Attachment,
    HazardAcceptance,
    HazardAct,
    HazardExtension,
    MajorHazard,
)


def waiting_extension(hazard: MajorHazard) -> HazardExtension | None:
    """More time asked for and not answered; 1 query."""
    return (
        HazardExtension.objects.filter(asked__hazard=hazard, answered__isnull=True)
        .select_related("asked__by__user")
        .first()
    )


def waiting_acceptance(hazard: MajorHazard) -> HazardAcceptance | None:
    """An acceptance recorded and not answered; 1 query."""
    return (
        HazardAcceptance.objects.filter(recorded__hazard=hazard, answered__isnull=True)
        .select_related("recorded__by__user")
        .first()
    )


def files_of(act: HazardAct) -> list[Attachment]:
    """The files of an act, in the order in which they came; 1 query."""
    files = act.files.select_related("attachment").order_by("id")
    return [file.attachment for file in files]
