"""Input of what an enterprise does about a major hazard."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import DayField, LineField
from hazards.forms.acts import (
    ActForm,
    DocumentsForm,
    FilesField,
    PhotosForm,
    ProvenForm,
)
from hazards.forms.reports import TEXT_LIMIT
from hazards.models import AcceptedBy, Audience, Moment, Stop
from hazards.queries.act_pages import (
    stopped_now,
    waiting_acceptance,
    waiting_extension,
)

APPROVE, REFUSE = "approve", "refuse"


def _sentences(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The choices as they stand beside buttons, each begun like a sentence."""
    return [(value, capfirst(label)) for value, label in choices]


class ProgressForm(PhotosForm):
    """How the rectification goes on."""

    stopped = forms.ChoiceField(
        label=_("Does work stand still because of the hazard?"),
        required=False,
        choices=[("", _("No work stands still")), *_sentences(Stop.choices)],
        widget=forms.RadioSelect,
    )
    funds_spent = forms.DecimalField(
        label=_("Funds spent with this step, in ten thousand yuan (may stay empty)"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=4,
        error_messages={"min_value": _("Funds cannot be less than nothing.")},
    )

    field_order = (
        "key",
        "typed_at",
        "text",
        "before",
        "after",
        "documents",
        "stopped",
        "funds_spent",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("What was done")
        # As it stood last, so that nobody says by leaving it that work goes on.
        self.fields["stopped"].initial = stopped_now(self.hazard)

    def said(self) -> dict[str, Any]:
        """Funds and stops."""
        stopped = self.cleaned_data["stopped"]
        return {
            "funds_spent": self.cleaned_data["funds_spent"],
            "stopped": Stop(stopped) if stopped else None,
        }


class TellingForm(DocumentsForm):
    """Who was told, when, how."""

    demands_evidence = True

    audience = forms.ChoiceField(
        label=_("Who was told"),
        choices=_sentences(Audience.choices),
        widget=forms.RadioSelect,
    )
    on = DayField(label=_("On which day"))

    field_order = ("key", "typed_at", "audience", "on", "text", "documents")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("How, and what was said")
        self.fields["on"].initial = self.acting.on

    def said(self) -> dict[str, Any]:
        """Who was told."""
        return {"audience": Audience(self.cleaned_data["audience"])}


class AskExtensionForm(DocumentsForm):
    """Until when, why, and what keeps people safe until then."""

    to_on = DayField(label=_("Until which day"))
    interim_measures = forms.CharField(
        label=_("What keeps people safe until then"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what keeps people safe until then.")},
    )

    field_order = (
        "key",
        "typed_at",
        "to_on",
        "text",
        "interim_measures",
        "documents",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("Why more time is needed")

    def said(self) -> dict[str, Any]:
        """The day and the measures."""
        return {
            "to_on": self.cleaned_data["to_on"],
            "interim_measures": self.cleaned_data["interim_measures"],
        }


class AnswerExtensionForm(ActForm):
    """Yes or no to the request that was shown."""

    asked = forms.UUIDField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[
            (APPROVE, _("Approve: the deadline moves to that day")),
            (REFUSE, _("Refuse: the deadline stays")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Approve or refuse.")},
    )

    field_order = ("key", "typed_at", "asked", "answer", "text")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("Reasons")
        waiting = waiting_extension(self.hazard)
        self.fields["asked"].initial = waiting and waiting.asked.key

    def said(self) -> dict[str, Any]:
        """The answer, and to what."""
        return {
            "asked": self.cleaned_data["asked"],
            "approved": self.cleaned_data["answer"] == APPROVE,
        }


class AcceptanceForm(ActForm):
    """Who judged that the hazard is eliminated, with what result and proof."""

    moments = {"after": Moment.AFTER, "documents": Moment.DOCUMENT}
    demands_evidence = True

    accepted_by = forms.ChoiceField(
        label=_("Who judged"),
        choices=_sentences(AcceptedBy.choices),
        widget=forms.RadioSelect,
    )
    agency = LineField(
        label=_("Name of the agency, if it was one"), required=False, max_length=200
    )
    people = forms.CharField(
        label=_("Names and qualifications of those who judged"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Name those who judged, with their qualifications.")
        },
    )
    after = FilesField(label=_("Photos after rectification"))
    documents = FilesField(label=_("Acceptance or evaluation report (photo or PDF)"))

    field_order = (
        "key",
        "typed_at",
        "accepted_by",
        "agency",
        "people",
        "text",
        "after",
        "documents",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("What was looked at, and the result")

    def said(self) -> dict[str, Any]:
        """Who judged."""
        return {
            "accepted_by": AcceptedBy(self.cleaned_data["accepted_by"]),
            "people": self.cleaned_data["people"],
            "agency": self.cleaned_data["agency"],
        }


class _AnswerAcceptanceForm(ActForm):
    """An answer to the acceptance that was shown."""

    recorded = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        waiting = waiting_acceptance(self.hazard)
        self.fields["recorded"].initial = waiting and waiting.recorded.key

    def said(self) -> dict[str, Any]:
        """Which acceptance is answered."""
        return {"recorded": self.cleaned_data["recorded"]}


class ConfirmAcceptanceForm(_AnswerAcceptanceForm, ProvenForm):
    """The principal confirms, and proves who it is."""

    field_order = ("key", "typed_at", "recorded", "text", "password", "code")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("How you know that it is eliminated")


class ReturnAcceptanceForm(_AnswerAcceptanceForm):
    """The principal gives it back."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("What is not done yet")


class RecheckForm(DocumentsForm):
    """What the officers can look at."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("What was done, and how it was accepted")


class CloseForm(DocumentsForm):
    """On what the closing rests."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("On what the closing rests")
