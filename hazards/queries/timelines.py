"""What happened to a report or a visit, in the reader's words."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Acting, Event
from hazards.workflow import ReportAction

# What stays inside the enterprise until something is filed.
INTERNAL_ACTIONS = frozenset(
    {
        "start-report",
        ReportAction.SEND_FOR_SIGNATURE.value,
        ReportAction.WITHDRAW.value,
        ReportAction.RETURN_TO_TEAM.value,
        ReportAction.BEGIN_CORRECTION.value,
        "register-hazard",
        "leave-out-hazard",
    }
)

LABELS: Mapping[str, object] = {
    "start-report": _("Report opened"),
    ReportAction.SEND_FOR_SIGNATURE.value: _("Sent to the principal for signature"),
    ReportAction.WITHDRAW.value: _("Taken back from the principal’s desk"),
    ReportAction.RETURN_TO_TEAM.value: _("Returned to the team, unsigned"),
    ReportAction.SIGN_OFF.value: _("Signed by the principal"),
    ReportAction.LODGE_UNSIGNED.value: _("Lodged unsigned by the team leader"),
    ReportAction.ENTER_PAPER.value: _("Entered from paper by the bureau"),
    "enter-paper-beside-draft": _("Entered from paper by the bureau"),
    "receive": _("Received by the bureau"),
    "sign-later": _("Signed later by the principal"),
    "receive-later_signature": _("Later signature received by the bureau"),
    ReportAction.TRANSFER.value: _("Handed to another bureau"),
    ReportAction.BEGIN_REVIEW.value: _("Review begun"),
    ReportAction.ACCEPT.value: _("Accepted by the bureau"),
    ReportAction.RETURN_FOR_CORRECTION.value: _("Returned for correction"),
    ReportAction.BEGIN_CORRECTION.value: _("Correction begun"),
    "repudiate": _("Signature denied by whose account it is"),
    "register-hazard": _("Hazard registered"),
    "leave-out-hazard": _("Hazard left out of the report"),
    "record-inspection": _("Inspection recorded"),
    "amend-inspection": _("Inspection changed"),
    "sign-in": _("Signed in as present"),
    "confirm-participation": _("Principal confirmed taking part"),
    "declare-suspension": _("Stop declared by the enterprise"),
    "resume": _("The enterprise says that it works again"),
    "correct-suspension-end": _("Last day of the stop corrected"),
    "confirm-suspension": _("Stop confirmed by the bureau"),
    "refuse-suspension": _("Stop refused by the bureau"),
    "plan-check": _("Spot check planned"),
    "approve-check": _("Plan approved by the head"),
    "refuse-check": _("Plan not approved"),
    "withdraw-check": _("Spot check given up"),
    "announce-check": _("Enterprise told beforehand"),
    "start-check": _("Arrival: spot check begun"),
    "end-check": _("Spot check ended"),
    "correct-check": _("Correction asked for"),
    "approve-correction": _("Correction approved"),
    "refuse-correction": _("Correction refused"),
    "file-opinion-check": _("Signed opinion filed"),
}


def timeline_of(subject: models.Model, *, seen_by: Acting) -> list[Event]:
    """The events that the person may see, oldest first, each with its `label`."""
    events = Event.objects.about(subject).select_related(
        "by", "membership__enterprise", "membership__bureau"
    )
    if seen_by.enterprise is None:
        events = events.exclude(action__in=INTERNAL_ACTIONS)
    rows = list(events)
    for row in rows:
        row.label = LABELS.get(row.action, row.action)  # type: ignore[attr-defined]
    return rows
