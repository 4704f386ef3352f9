"""What an enterprise does about a major hazard, each kind of act with its page."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.views.access import ActingRequest
from hazards.forms.rectification import (
    AcceptanceForm,
    AnswerExtensionForm,
    AskExtensionForm,
    CloseForm,
    ConfirmAcceptanceForm,
    ProgressForm,
    RecheckForm,
    ReturnAcceptanceForm,
    TellingForm,
)
from hazards.models import HazardActKind, MajorHazard
from hazards.queries.act_pages import (
    files_of,
    waiting_acceptance,
    waiting_extension,
)
from hazards.rules.lives import recheck_due
from hazards.services import acceptances, closings, extensions, progress, tellings
from hazards.views.act_pages import ActPage


def _extension(_request: ActingRequest, hazard: MajorHazard) -> Mapping[str, Any]:
    """The request for more time, as whoever answers reads it."""
    waiting = waiting_extension(hazard)
    files = files_of(waiting.asked) if waiting else []
    return {"extension": waiting, "files": files}


def _acceptance(_request: ActingRequest, hazard: MajorHazard) -> Mapping[str, Any]:
    """The acceptance, as the principal reads it."""
    waiting = waiting_acceptance(hazard)
    files = files_of(waiting.recorded) if waiting else []
    return {"acceptance": waiting, "files": files}


def _recheck(request: ActingRequest, _hazard: MajorHazard) -> Mapping[str, Any]:
    """By when officers look if it is applied for today."""
    return {"looked_at_by": recheck_due(request.acting.on)}


ENTERPRISE_ACTS: tuple[ActPage, ...] = (
    ActPage(
        kind=HazardActKind.PROGRESS,
        form=ProgressForm,
        act=progress.record,
        title=_("Record progress"),
        lead=_(
            "What was done, with photos before and after: it shows that effective "
            "measures are under way."
        ),
        submit=_("Record progress"),
        tells=_(
            "Goes on record with the server's time and stays as it is; your bureau "
            "sees it on the hazard's page."
        ),
        done=_("On record."),
        provisions=("order-16/art-15", "order-16/art-16"),
        works_offline=True,
    ),
    ActPage(
        kind=HazardActKind.TELL,
        form=TellingForm,
        act=tellings.record,
        title=_("Record who was told"),
        lead=_(
            "A major hazard is told to the workers, and reported to the workers’ "
            "congress as it is to the bureau."
        ),
        submit=_("Record that they were told"),
        tells=_(
            "Goes on record with the server's time and stays as it is; your bureau "
            "sees it on the hazard's page."
        ),
        done=_("On record."),
        provisions=("work-safety-law-2021/art-41",),
    ),
    ActPage(
        kind=HazardActKind.ASK_EXTENSION,
        form=AskExtensionForm,
        act=extensions.ask,
        title=_("Ask for more time"),
        lead=_(
            "Up to the deadline's day itself. The bureau answers where it ordered the "
            "rectification or the hazard is listed; else the principal, and the bureau "
            "is told."
        ),
        submit=_("Ask for more time"),
        tells=_("Tells whoever answers. Until then the deadline stays as it is."),
        done=_("Asked. Whoever answers has been told."),
        provisions=("order-16/art-15", "order-16/art-16"),
    ),
    ActPage(
        kind=HazardActKind.ANSWER_EXTENSION,
        form=AnswerExtensionForm,
        act=extensions.answer,
        title=_("Answer the request for more time"),
        lead=_(
            "Approve only what cannot be done sooner, and only if people are safe "
            "until then."
        ),
        submit=_("Answer"),
        tells=_(
            "Tells the team and the principal; the bureau too where the principal "
            "answers. An answer stands."
        ),
        done=_("Answered. Those concerned have been told."),
        provisions=("order-16/art-15", "order-16/art-16"),
        template="hazards/acts/answer_extension.html",
        facts=_extension,
    ),
    ActPage(
        kind=HazardActKind.RECORD_ACCEPTANCE,
        form=AcceptanceForm,
        act=acceptances.record,
        title=_("Record the acceptance"),
        lead=_(
            "Who judged that the hazard is eliminated, and what shows it. Where it is "
            "listed and work was ordered to stop, that is a qualified safety "
            "evaluation agency."
        ),
        submit=_("Record the acceptance"),
        tells=_(
            "Tells the principal, who confirms it or gives it back. Until then the "
            "deadline runs."
        ),
        done=_("On record. The principal has been told."),
        provisions=("order-16/art-18",),
    ),
    ActPage(
        kind=HazardActKind.CONFIRM_ACCEPTANCE,
        form=ConfirmAcceptanceForm,
        act=acceptances.confirm,
        title=_("Confirm the acceptance"),
        lead=_(
            "You state in person that the hazard is eliminated. Read what was recorded "
            "and look at the evidence first."
        ),
        submit=_("Confirm that it is eliminated"),
        tells=_("Tells the team and your bureau. It cannot be taken back."),
        done=_("Confirmed. The team and your bureau have been told."),
        provisions=("order-16/art-18", "work-safety-law-2021/art-21"),
        template="hazards/acts/answer_acceptance.html",
        facts=_acceptance,
    ),
    ActPage(
        kind=HazardActKind.RETURN_ACCEPTANCE,
        form=ReturnAcceptanceForm,
        act=acceptances.give_back,
        title=_("Give the acceptance back"),
        lead=_("The hazard stays on the books with its deadline."),
        submit=_("Give it back"),
        tells=_("Tells the team. The bureau is not told."),
        done=_("Given back. The team has been told why."),
        provisions=("order-16/art-18",),
        template="hazards/acts/answer_acceptance.html",
        facts=_acceptance,
    ),
    ActPage(
        kind=HazardActKind.APPLY_FOR_RECHECK,
        form=RecheckForm,
        act=closings.apply_for_recheck,
        title=_("Apply for the re-check"),
        lead=_(
            "Two officers look on site. Where work was ordered to stop, this is the "
            "application to resume it, and it stays stopped until the re-check is "
            "passed."
        ),
        submit=_("Apply for the re-check"),
        tells=_("Tells your bureau and the principal."),
        done=_("Applied. Your bureau has been told."),
        provisions=("order-16/art-18", "order-16/art-23"),
        template="hazards/acts/apply_for_recheck.html",
        facts=_recheck,
    ),
    ActPage(
        kind=HazardActKind.CLOSE,
        form=CloseForm,
        act=closings.close,
        title=_("Close the hazard"),
        lead=_(
            "You close it yourselves, as the bureau ordered nothing and it is not "
            "listed. It stays on record with all its evidence."
        ),
        submit=_("Close the hazard"),
        tells=_(
            "Tells the team, the principal and your bureau. It cannot be opened "
            "again; found again, it is a new hazard."
        ),
        done=_("Closed. Those concerned have been told."),
        provisions=("order-16/art-10",),
    ),
)
