"""Input of a waiver: shape only, the service decides."""

from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import DayField
from hazards.forms.reports import ReasonForm


class WaiverForm(ReasonForm):
    """Why a quarter is not asked for, and up to which day."""

    expires_on = DayField(
        label=_("Last day on which the waiver holds"),
        required=False,
        help_text=_(
            "Leave empty for good. With a day, the quarter is owed again from the "
            "next day on."
        ),
    )
