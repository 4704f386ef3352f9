"""Input of a corrected founding day: shape only, the service decides."""

from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import DayField
from hazards.forms.reports import ReasonForm


class FoundingForm(ReasonForm):
    """The day, and how it is known."""

    established_on = DayField(label=_("Established on"))

    field_order = ("established_on", "reason")
