"""Input of decisions and objections: shape only, the services decide."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hazards.forms.acts import FilesField
from hazards.forms.reports import TEXT_LIMIT
from hazards.models import CaseOutcome, Respondent
from hazards.rules.limits import limit
from hazards.services.decisions import OUTCOMES, Said


class DecisionForm(forms.Form):
    """What an officer decides for one respondent, and fresh proof of who it is."""

    outcome = forms.ChoiceField(
        label=_("What you decide"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you decide.")},
    )
    provisions = forms.MultipleChoiceField(
        label=_("Articles that it rests on"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Needed where you depart from what is proposed, or decide again. The "
            "enterprise reads it word for word."
        ),
    )
    acknowledged = forms.BooleanField(
        label=_(
            "I have read that a case may have been opened for the same act, and write "
            "above why this is another one."
        ),
        required=False,
    )
    password = forms.CharField(
        required=False,
        strip=False,
        max_length=200,
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        required=False,
        max_length=20,
        label=_("or a code from your authenticator app"),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
    )

    def __init__(
        self,
        *args: Any,
        respondent: Respondent,
        articles: Sequence[tuple[str, str]],
        is_warned: bool,
        **options: Any,
    ) -> None:
        """
        :param articles: keys and words of the articles to choose from
        :param is_warned: whether the same act may have been decided on before
        """
        super().__init__(*args, **options)
        self.respondent = respondent
        outcome, provisions = self.fields["outcome"], self.fields["provisions"]
        assert isinstance(outcome, forms.ChoiceField)  # noqa: S101
        assert isinstance(provisions, forms.MultipleChoiceField)  # noqa: S101
        outcome.choices = [(o.value, o.label) for o in OUTCOMES[respondent]]
        provisions.choices = list(articles)
        if not is_warned:
            del self.fields["acknowledged"]

    def said(self) -> Said:
        """What is decided, once the form is valid."""
        typed = self.cleaned_data
        return Said(
            respondent=self.respondent,
            outcome=CaseOutcome(typed["outcome"]),
            provisions=typed["provisions"],
            reason=typed["reason"],
            acknowledged_two_fines=bool(typed.get("acknowledged")),
        )


class ObjectionForm(forms.Form):
    """What an enterprise states, with files. The key is made with the page."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What you object to, and why"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={
            "required": _("Say what you object to, and why: the bureau reads it.")
        },
    )
    documents = FilesField(label=_("Evidence (photos or PDF), may stay empty"))

    def __init__(self, *args: Any, **options: Any) -> None:
        """Make the key of a new form."""
        super().__init__(*args, **options)
        self.fields["key"].initial = uuid.uuid4

    def take(self, count: int, *, on: dt.date) -> bool:
        """Refuse more files than a page shows."""
        number = limit("photos_per_hazard", on=on)
        if count > number:
            self.add_error(
                "documents",
                forms.ValidationError(
                    _("Choose at most %(number)s files; more can follow later."),
                    params={"number": number},
                ),
            )
        return count <= number


class AnswerForm(forms.Form):
    """What a bureau answers to an objection."""

    text = forms.CharField(
        label=_("What the bureau answers"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("The enterprise reads it word for word; it stays on record."),
        error_messages={
            "required": _("Say what the bureau answers: the enterprise reads it.")
        },
    )
