"""What the list of hazards to look at again is narrowed by."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.fields import LineField
from accounts.models import Bureau
from hazards.forms.filters import FilterForm
from hazards.queries.recheck_candidates import RecheckFilter, Tab


class RecheckFilterForm(FilterForm):
    """Which candidates; `bureaus` are the reader's own and those below."""

    quarter = None  # type: ignore[assignment]  # a hazard is of no quarter
    bureau = forms.ChoiceField(required=False, label=_("Bureau"))
    name = LineField(
        required=False, max_length=60, label=_("Enterprise, beginning of its name")
    )

    def __init__(
        self, *args: Any, on: dt.date, bureaus: Sequence[Bureau], **kwargs: Any
    ) -> None:
        super().__init__(*args, on=on, **kwargs)
        self._bureaus = {str(bureau.public_id): bureau for bureau in bureaus}
        choice = self.fields["bureau"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 (declared above)
        choice.choices = [
            ("", pgettext_lazy("bureaus", "all")),
            *((public_id, bureau.name) for public_id, bureau in self._bureaus.items()),
        ]

    def wanted(self, tab: Tab) -> RecheckFilter:
        """The filter; everything if the query string cannot be read."""
        read = self._read()
        if not read:
            return RecheckFilter(tab=tab)
        return RecheckFilter(
            tab=tab, bureau=self._bureaus.get(read["bureau"]), name=read["name"]
        )
