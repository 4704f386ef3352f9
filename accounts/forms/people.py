"""Input of the pages about people: shape only, the services decide."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import (
    DayField,
    LineField,
    MobileField,
    NewPasswordField,
    require_contact,
    require_same_and_good,
)
from accounts.models import Bureau, Capacity, Role, User
from accounts.services.invitations import Person
from accounts.services.principal_changes import REASON_LENGTH


class PersonForm(forms.Form):
    """Whom: a name, and a mobile number or an e-mail address."""

    full_name = LineField(
        label=_("Full name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    mobile = MobileField(
        required=False,
        help_text=_(
            "The invitation binds to the number or the address: only an account that "
            "has it can accept."
        ),
    )
    email = forms.EmailField(label=_("E-mail address"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for one way at least to reach the person."""
        values = super().clean() or self.cleaned_data
        require_contact(self)
        return values

    @property
    def person(self) -> Person:
        """The person as the services take it."""
        values = self.cleaned_data
        return Person(
            full_name=values["full_name"],
            mobile=values["mobile"],
            email=values["email"],
        )


class InviteForm(PersonForm):
    """Whom, and into which role; by an operator also of which bureau."""

    role = forms.ChoiceField(label=_("Role"))
    capacity = forms.ChoiceField(
        label=_("Sits in the team as (team members only)"),
        required=False,
        choices=[("", "—"), *Capacity.choices],
    )
    certificate_number = LineField(
        label=_("Law-enforcement certificate number (inspectors only)"),
        max_length=40,
        required=False,
    )
    bureau = forms.ModelChoiceField(
        label=_("Bureau"), queryset=Bureau.objects.none(), to_field_name="public_id"
    )
    field_order = ["role", "bureau", "full_name", "mobile", "email"]

    def __init__(
        self,
        *args: Any,
        roles: Iterable[Role],
        bureaus: QuerySet[Bureau] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = [role for role in Role if role in set(roles)]
        role_field = cast("forms.ChoiceField", self.fields["role"])
        role_field.choices = [(role.value, role.label) for role in offered]
        if Role.TEAM_MEMBER not in offered:
            del self.fields["capacity"]
        if Role.INSPECTOR not in offered:
            del self.fields["certificate_number"]
        if bureaus is None:
            del self.fields["bureau"]
        else:
            bureau_field = cast("forms.ModelChoiceField[Bureau]", self.fields["bureau"])
            bureau_field.queryset = bureaus

    def clean(self) -> dict[str, Any]:
        """Ask for what the role needs and drop what it does not."""
        values = super().clean()
        role = values.get("role")
        if role != Role.TEAM_MEMBER:
            values["capacity"] = ""
        elif not values.get("capacity"):
            self.add_error("capacity", _("Say as whom the member sits in the team."))
        if role != Role.INSPECTOR:
            values["certificate_number"] = ""
        elif not values.get("certificate_number"):
            self.add_error(
                "certificate_number", _("An inspector needs a certificate number.")
            )
        return values


class EndForm(forms.Form):
    """How somebody's access ends."""

    at_once = forms.BooleanField(
        label=_("Access stops now; without this, today is the last day"),
        required=False,
    )
    knowingly = forms.BooleanField(
        label=_("I know that nobody else can write reports then"), required=False
    )


class RecoveryForm(forms.Form):
    """How it was made sure who asks."""

    identity_check = LineField(
        label=_("How you made sure who asks"),
        min_length=5,
        max_length=300,
        help_text=_(
            "For example: came to the counter with the identity card. The person and "
            "the principal read this."
        ),
    )


class PrincipalChangeForm(PersonForm):
    """Who becomes principal, when and why."""

    takes_office_on = DayField(label=_("Takes office on"))
    reason = LineField(
        label=_("Reason"),
        max_length=500,
        help_text=_("For example: appointed by the board on 2 April."),
    )


class RefuseChangeForm(forms.Form):
    """Why a change of principal is not taken."""

    reason = forms.CharField(
        label=_("Why the change is refused"),
        min_length=REASON_LENGTH,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The principal and the team leaders read this."),
    )


class NewAccountForm(forms.Form):
    """A new person's account."""

    username = LineField(
        label=_("Username"),
        min_length=3,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
        help_text=_("Not digits only; capitals do not matter at sign-in."),
    )
    full_name = LineField(
        label=_("Full name as on documents"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password1 = NewPasswordField(
        label=_("Password"), help_text=_("At least 10 characters.")
    )
    password2 = NewPasswordField(label=_("Password again"))

    def clean_username(self) -> str:
        """Refuse numbers, spaces and names that are taken."""
        username = str(self.cleaned_data["username"])
        if username.lstrip("+").isdigit():
            raise forms.ValidationError(
                _("A username cannot be a number: add a letter.")
            )
        if " " in username:
            raise forms.ValidationError(_("A username has no spaces."))
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("This username is taken: choose another."))
        return username

    def clean(self) -> dict[str, Any]:
        """Hold the password against the rules."""
        values = super().clean() or self.cleaned_data
        names = {key: values.get(key, "") for key in ("username", "full_name")}
        require_same_and_good(self, user=User(**names))
        return values


class NewPasswordForm(forms.Form):
    """A new password by a recovery link."""

    password1 = NewPasswordField(
        label=_("New password"), help_text=_("At least 10 characters.")
    )
    password2 = NewPasswordField(label=_("New password again"))
    remove_second_factor = forms.BooleanField(
        label=_("I have also lost my authenticator app or security key: remove it"),
        required=False,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Hold the password against the rules."""
        values = super().clean() or self.cleaned_data
        require_same_and_good(self, user=self.user)
        return values


class ProfileForm(forms.Form):
    """What people change about themselves."""

    full_name = LineField(label=_("Full name as on documents"), max_length=60)
    language = forms.ChoiceField(
        label=_("Language of pages and notices"),
        choices=[("zh-hans", "简体中文"), ("en", "English")],
    )
    email = forms.EmailField(label=_("E-mail address"), required=False)
    mobile = MobileField(required=False)
    password = forms.CharField(
        label=_("Present password (to change address or number)"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
