"""Input of the review pages: shape only, the services decide."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hazards.rules.items import WHOLE

TEXT_LIMIT = 2000
ON = "on:"
"""Before the item in the name of its box."""


@dataclass(frozen=True)
class Box:
    """The place beside an item where a comment on it is typed."""

    name: str
    text: str
    errors: list[str]


class ReturnForm(forms.Form):
    """
    Why a report goes back: in general (`reason`), or on its items, each in a box of its
    own named `on:<item>`. One of them at least.
    """

    # Which version the reviewer had before them.
    version = forms.IntegerField(
        required=False, min_value=1, max_value=32767, widget=forms.HiddenInput
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        min_length=5,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={
            "min_length": _("Say a little more: at least five characters."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.comments: dict[str, str] = {}
        self._wrong: dict[str, list[str]] = {}

    def clean(self) -> dict[str, Any]:
        """Gather what was typed, by item; the general words come first."""
        reason = self.cleaned_data.get("reason")
        if reason:
            self.comments[WHOLE] = reason
        field = forms.CharField(required=False, max_length=TEXT_LIMIT)
        for name in self.data:
            if not name.startswith(ON):
                continue
            item = name.removeprefix(ON)
            try:
                text = field.clean(self.data[name])
            except forms.ValidationError as error:
                self._wrong[item] = list(error.messages)
                continue
            if text:
                self.comments[item] = text
        if self._wrong:
            self.add_error(
                None, _("One comment cannot be taken as it is: see beside it.")
            )
        elif not self.comments and not self.errors:
            self.add_error("reason", _("Say why, so that the others know what to do."))
        return self.cleaned_data

    def box(self, item: str) -> Box:
        """The box of an item, with what was typed into it."""
        name = ON + item
        return Box(
            name=name,
            text=str(self.data.get(name, "")),
            errors=self._wrong.get(item, []),
        )


class SeenForm(forms.Form):
    """Which version stood on the page from which a button was pressed."""

    version = forms.IntegerField(required=False, min_value=1, max_value=32767)

    def seen(self) -> int | None:
        """Its ordinal; None if the page did not say."""
        return self.cleaned_data["version"] if self.is_valid() else None
