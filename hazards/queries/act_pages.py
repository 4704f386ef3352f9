"""What the pages of acts show: what nobody has answered, what stands still."""

from hazards.models import (
    Attachment,
    HazardAcceptance,
    HazardAct,
    HazardExtension,
    HazardProgress,
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


def stopped_now(hazard: MajorHazard) -> str:
    """How much of the work stands still by the last progress, else by order."""
    last = HazardProgress.objects.filter(act__hazard=hazard).order_by("-act_id").first()
    return last.stopped if last else hazard.stop_ordered
