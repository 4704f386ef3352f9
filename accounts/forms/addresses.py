"""Input of the profile's pages about ways to reach a person."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField
from accounts.models import Channel


class AddressForm(forms.Form):
    """A robot, a webhook, or text messages."""

    kind = forms.ChoiceField(label=_("Channel"))
    label = LineField(
        label=_("Your name for it"),
        max_length=60,
        help_text=_("For example: safety team's group."),
    )
    url = LineField(
        label=_("URL"),
        max_length=500,
        required=False,
        help_text=_(
            "Of a robot: as its group shows it. Whoever has it can write there, so it "
            "is not shown again."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}
        ),
    )
    secret = forms.CharField(
        label=_("Secret for signing"),
        max_length=200,
        required=False,
        help_text=_(
            "Of a DingTalk or Feishu robot that asks for signatures, or of your own "
            "webhook. Otherwise leave it empty."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(
        self, *args: Any, kinds: Iterable[Channel], mobile: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        names = {each: str(each.label) for each in kinds}
        if Channel.SMS in names and mobile:
            names[Channel.SMS] += f" ({mobile})"
        field = cast("forms.ChoiceField", self.fields["kind"])
        field.choices = [(each.value, name) for each, name in names.items()]

    def clean(self) -> dict[str, Any]:
        """Ask for a URL unless the mobile number of the account is meant."""
        values = super().clean() or self.cleaned_data
        if values.get("kind") == Channel.SMS:
            values["url"] = values["secret"] = ""
        elif "url" in values and not values["url"]:
            self.add_error("url", _("Enter the URL."))
        return values


class MuteForm(forms.Form):
    """Which reminders a person is spared."""

    muted = forms.MultipleChoiceField(
        label=_("Leave these reminders out"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, kinds: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.MultipleChoiceField", self.fields["muted"])
        field.choices = list(kinds.items())
