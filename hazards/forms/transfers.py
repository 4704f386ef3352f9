"""To which bureau a report goes, and why."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Bureau
from hazards.forms.reports import ReasonForm


class TransferForm(ReasonForm):
    """One of the bureaus that the page offers, and the reason."""

    bureau = forms.ChoiceField(
        label=_("To which bureau"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the bureau that has jurisdiction."),
            "invalid_choice": _("Choose one of the bureaus on this page."),
        },
    )

    def __init__(
        self, *args: Any, offered: Iterable[Bureau] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(bureau.public_id): bureau for bureau in offered}
        field = self.fields["bureau"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for mypy)
        field.choices = [
            (key, f"{bureau.name} · {bureau.get_level_display()}")
            for key, bureau in self.offered.items()
        ]

    def chosen(self) -> Bureau:
        """The bureau, once the form is valid."""
        return self.offered[self.cleaned_data["bureau"]]
