"""What the page of each act about a spot check consists of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Acting
from accounts.permissions import Decision
from hazards.forms.check_acts import (
    AnnounceForm,
    AnswerCorrectionForm,
    ApproveForm,
    CheckActForm,
    CorrectForm,
    EndForm,
    OpinionForm,
    RefuseForm,
    StartForm,
    WithdrawForm,
)
from hazards.models import SpotCheck
from hazards.queries.check_pages import CheckPage
from hazards.rules.provisions import Provision, provision
from hazards.services import check_corrections, spot_checks
from hazards.workflow import SPOT_CHECK_TRANSITIONS, CheckAction

Done = Callable[[SpotCheck, Acting, CheckActForm], bool]


def _by(column: str) -> Done:
    """Done by this person: the check stands where the act leads, by their hand."""

    def is_done(check: SpotCheck, acting: Acting, _form: CheckActForm) -> bool:
        return bool(getattr(check, f"{column}_id") == acting.membership.pk)

    return is_done


def _asked(check: SpotCheck, acting: Acting, form: CheckActForm) -> bool:
    said = form.cleaned_data
    return check.corrections.filter(
        asked_by=acting.membership,
        text=said.get("text", ""),
        reason=said.get("reason", ""),
        answered_at__isnull=True,
    ).exists()


def _never(_check: SpotCheck, _acting: Acting, _form: CheckActForm) -> bool:
    return False


@dataclass(frozen=True)
class CheckActPage:
    """
    One act: its form, the service that does it, and the words of its page. `act` takes
    check_id (but for an answer to a correction), by, at and what the form's `said`
    returns. `is_done` says whether this is a second press of the button.
    """

    action: CheckAction
    form: type[CheckActForm]
    act: Callable[..., object]
    title: Any
    lead: Any
    submit: Any
    tells: Any
    done: Any
    is_done: Done
    provisions: tuple[str, ...] = ()
    template: str = "hazards/checks/act.html"

    def cited(self) -> list[Provision]:
        """The provisions on which it rests."""
        return [provision(key) for key in self.provisions]

    def was_done(self, check: SpotCheck, acting: Acting, form: CheckActForm) -> bool:
        """Whether the act is on record as this person sends it again."""
        target = SPOT_CHECK_TRANSITIONS[self.action].target
        return target in (None, check.state) and self.is_done(check, acting, form)


_PAGES = (
    CheckActPage(
        action=CheckAction.APPROVE,
        form=ApproveForm,
        act=spot_checks.approve,
        title=_("Approve the plan"),
        lead=_("Before you approve, read what is planned and this year’s counts."),
        submit=_("Approve"),
        tells=_("Tells the officers, and the head of the bureau that joins."),
        done=_("Approved. The officers have been told."),
        is_done=_by("answered_by"),
        provisions=("circular-2025-11/item-6",),
        template="hazards/checks/approve.html",
    ),
    CheckActPage(
        action=CheckAction.REFUSE,
        form=RefuseForm,
        act=spot_checks.refuse,
        title=_("Do not approve the plan"),
        lead=_("Nobody goes. The officers may plan anew."),
        submit=_("Refuse the plan"),
        tells=_("Tells the officers."),
        done=_("Refused. The officers have been told."),
        is_done=_by("answered_by"),
        provisions=("circular-2025-11/item-6",),
    ),
    CheckActPage(
        action=CheckAction.WITHDRAW,
        form=WithdrawForm,
        act=spot_checks.withdraw,
        title=_("Give the check up"),
        lead=_("It does not take place. It stays on record as withdrawn."),
        submit=_("Give it up"),
        tells=_("Tells everybody who was told of it."),
        done=_("Given up. Everybody concerned has been told."),
        is_done=_by("withdrawn_by"),
    ),
    CheckActPage(
        action=CheckAction.ANNOUNCE,
        form=AnnounceForm,
        act=spot_checks.announce,
        title=_("Tell the enterprise beforehand"),
        lead=_("You need not: a check may come unannounced. Once told, it stays told."),
        submit=_("Tell the enterprise"),
        tells=_("Tells its team and its principal, who see the check from then on."),
        done=_("The enterprise has been told."),
        is_done=_by("notified_by"),
    ),
    CheckActPage(
        action=CheckAction.START,
        form=StartForm,
        act=spot_checks.start,
        title=_("Begin the check"),
        lead=_("Press this on arrival: the server’s time is the time of arrival."),
        submit=_("We have arrived: begin"),
        tells=_(
            "Tells the enterprise’s team and its principal. From now on nothing of the "
            "check changes."
        ),
        done=_("Begun. The enterprise has been told."),
        is_done=_by("started_by"),
        provisions=("circular-2025-11/item-3", "penalty-law-2021/art-42"),
        template="hazards/checks/start.html",
    ),
    CheckActPage(
        action=CheckAction.END,
        form=EndForm,
        act=spot_checks.end,
        title=_("End the check"),
        lead=_("Record every finding first: after the end none is added."),
        submit=_("End the check"),
        tells=_("Tells the enterprise’s team and its principal."),
        done=_("Ended. The enterprise has been told."),
        is_done=_by("ended_by"),
        provisions=("circular-2025-11/item-8",),
    ),
    CheckActPage(
        action=CheckAction.CORRECT,
        form=CorrectForm,
        act=check_corrections.ask_correction,
        title=_("Ask for a correction"),
        lead=_(
            "The record stays as it is. Once your head approves, the correction stands "
            "beside it, and the enterprise reads it."
        ),
        submit=_("Ask for it"),
        tells=_("Tells the head of the bureau."),
        done=_("Asked. Your head has been told."),
        is_done=_asked,
        provisions=("circular-2025-11/item-14",),
    ),
    CheckActPage(
        action=CheckAction.ANSWER_CORRECTION,
        form=AnswerCorrectionForm,
        act=check_corrections.answer_correction,
        title=_("Answer a correction"),
        lead=_("The record itself stays as it is, whatever you answer."),
        submit=_("Answer"),
        tells=_("Tells who asked for it; of an approved one the enterprise as well."),
        done=_("Answered."),
        is_done=_never,
        provisions=("circular-2025-11/item-14",),
    ),
    CheckActPage(
        action=CheckAction.FILE_OPINION,
        form=OpinionForm,
        act=check_corrections.file_opinion,
        title=_("File the signed opinion"),
        lead=_(
            "The rectification opinion as the enterprise’s person in charge signed it "
            "on site: a photo or a scan."
        ),
        submit=_("File it"),
        tells=_("Tells the enterprise’s team and its principal."),
        done=_("On record."),
        is_done=_never,
        provisions=("circular-2025-11/item-9",),
    ),
)
CHECK_ACTS: Mapping[CheckAction, CheckActPage] = MappingProxyType(
    {page.action: page for page in _PAGES}
)


_ORDER = (
    CheckAction.APPROVE,
    CheckAction.START,
    CheckAction.END,
    CheckAction.REFUSE,
    CheckAction.ANSWER_CORRECTION,
    CheckAction.FILE_OPINION,
    CheckAction.ANNOUNCE,
    CheckAction.CORRECT,
    CheckAction.WITHDRAW,
)


def next_links(
    page: CheckPage, may: Mapping[CheckAction, Decision]
) -> list[dict[str, Any]]:
    """What the person may do now as links to its pages, the likeliest first."""
    waits = any(row.answered_at is None for row in page.corrections)
    return [
        {
            "url": reverse("check-act", args=[page.check.public_id, action.value]),
            "label": CHECK_ACTS[action].title,
        }
        for action in _ORDER
        if may[action] and (waits or action != CheckAction.ANSWER_CORRECTION)
    ]
