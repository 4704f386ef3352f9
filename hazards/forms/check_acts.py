"""Input of what is done about a spot check: shape only, the services decide."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField
from accounts.models import Acting
from hazards.forms.acts import ACCEPTED_FILES
from hazards.forms.reports import TEXT_LIMIT
from hazards.models import CheckCorrection, SpotCheck
from hazards.queries.check_counts import counts_before
from hazards.services.spot_checks import digest_of

APPROVE, REFUSE = "approve", "refuse"


def _words(label: Any, required: Any = None, **options: Any) -> forms.CharField:
    """A few sentences; `required` is what is said where they are missing."""
    return forms.CharField(
        label=label,
        required=required is not None,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": required} if required else None,
        **options,
    )


class CheckActForm(forms.Form):
    """One act about a check."""

    def __init__(
        self, *args: Any, check: SpotCheck, acting: Acting, **options: Any
    ) -> None:
        self.check, self.acting = check, acting
        super().__init__(*args, **options)

    def said(self) -> dict[str, Any]:
        """What was typed, as arguments of the service, once the form is valid."""
        return dict(self.cleaned_data)


class ApproveForm(CheckActForm):
    """A word of the head, if there is one, beside this year's counts."""

    answer = _words(_("Remark (may stay empty)"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.counts = counts_before(self.check, on=self.acting.on)


class RefuseForm(CheckActForm):
    """Why a plan is not approved."""

    answer = _words(_("Reason"), _("Say why, so that the officers know."))


class WithdrawForm(CheckActForm):
    """Why a check is given up."""

    reason = _words(_("Reason"), _("Say why it is given up."))


class AnnounceForm(CheckActForm):
    """What the enterprise is told beforehand."""

    notice = _words(
        _("What the enterprise has to know and to prepare"),
        _("Write what the enterprise has to know and to prepare."),
        help_text=_("The enterprise reads this word for word."),
    )


class StartForm(CheckActForm):
    """This year's counts as the page showed them, and why it goes on all the same."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    reason_to_go_on = _words(_("Why the check goes on all the same"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.counts = counts_before(self.check, on=self.acting.on)
        # Written into the page anew each time it is shown.
        self.shown_now = digest_of(self.counts)
        if not self.counts["warnings"]:
            del self.fields["reason_to_go_on"]


class EndForm(CheckActForm):
    """What came of it."""

    summary = _words(
        _("What came of the check"),
        _("Say what came of the check."),
        help_text=_("The enterprise reads this word for word."),
    )


class CorrectForm(CheckActForm):
    """What is wrong in the record, and why."""

    finding = forms.ChoiceField(label=_("What is corrected"), required=False)
    text = _words(_("How it should read"), _("Say how it should read."))
    reason = _words(_("Why, and how you know"), _("Say why, and how you know."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.findings = {
            str(finding.public_id): finding
            for finding in self.check.findings.order_by("id")
        }
        field: Any = self.fields["finding"]
        field.choices = [
            ("", _("the check itself")),
            *(
                (key, f"{finding.number} · {finding.place}")
                for key, finding in self.findings.items()
            ),
        ]

    def said(self) -> dict[str, Any]:
        """The text and the reason, and the finding that it is about."""
        finding = self.findings.get(self.cleaned_data["finding"])
        return {
            "text": self.cleaned_data["text"],
            "reason": self.cleaned_data["reason"],
            "finding_id": finding.pk if finding else None,
        }


class AnswerCorrectionForm(CheckActForm):
    """Which correction, and yes or no with the reason."""

    correction = forms.ChoiceField(
        label=_("Correction"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the correction that you answer."),
            "invalid_choice": _("This correction is answered: choose another."),
        },
    )
    verdict = forms.ChoiceField(
        label=_("Your answer"),
        choices=[
            (APPROVE, _("Approve: it stands beside the record")),
            (REFUSE, _("Refuse: the record is right as it is")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Approve or refuse.")},
    )
    answer = _words(_("Reason"), _("Say why, so that the officers know."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        waiting = self.check.corrections.filter(answered_at__isnull=True)
        self.waiting: dict[str, CheckCorrection] = {
            str(row.public_id): row
            for row in waiting.select_related("asked_by__user").order_by("id")
        }
        field: Any = self.fields["correction"]
        field.choices = [
            (key, f"{row.asked_by.user.full_name}: {row.text} ({row.reason})")
            for key, row in self.waiting.items()
        ]
        if len(self.waiting) == 1:
            field.initial = next(iter(self.waiting))

    def said(self) -> dict[str, Any]:
        """The correction, and the answer."""
        chosen = self.waiting[self.cleaned_data["correction"]]
        return {
            "correction_id": chosen.pk,
            "approved": self.cleaned_data["verdict"] == APPROVE,
            "answer": self.cleaned_data["answer"],
        }


class OpinionForm(CheckActForm):
    """The signed rectification opinion."""

    signed_by = LineField(
        label=_("Who signed for the enterprise, with the office held"),
        max_length=60,
        error_messages={"required": _("Name who signed for the enterprise.")},
    )
    opinion = forms.FileField(
        label=_("Signed opinion (photo or PDF)"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED_FILES}),
    )
    # The file of an earlier try, which the browser cannot send again by itself.
    kept = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Some file, of now or of before."""
        said = super().clean() or self.cleaned_data
        if not said.get("opinion") and not said.get("kept"):
            self.add_error("opinion", _("Choose the photo or scan of the opinion."))
        return said

    def named(self) -> uuid.UUID | None:
        """The kept file that the form names."""
        kept: uuid.UUID | None = self.cleaned_data.get("kept")
        return kept
