"""What an enterprise's board and a bureau's list of hazards are narrowed by."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.fields import LineField
from accounts.models import Site
from hazards.forms.filters import BureauFilterForm, FilterForm
from hazards.models import OFF_THE_BOOKS, ON_THE_BOOKS, HazardState, ListedLevel
from hazards.queries.hazard_boards import OPEN, BoardFilter
from hazards.queries.held_hazards import HeldFilter, HeldOrder


def _states(states: Sequence[HazardState]) -> list[tuple[str, Any]]:
    return [
        ("", pgettext_lazy("states", "all")),
        *((state.value, state.label) for state in states),
    ]


class BoardFilterForm(FilterForm):
    """Which of an enterprise's hazards; `sites` are its own."""

    quarter = None  # type: ignore[assignment]  # a hazard is of no quarter
    site = forms.ChoiceField(required=False, label=_("Site"))
    state = forms.ChoiceField(
        required=False, label=_("State"), choices=_states((*OPEN, *OFF_THE_BOOKS))
    )
    words = LineField(
        required=False, max_length=60, label=_("Number, place or what is wrong")
    )

    def __init__(
        self, *args: Any, on: dt.date, sites: Sequence[Site], **kwargs: Any
    ) -> None:
        super().__init__(*args, on=on, **kwargs)
        self._sites = {str(site.public_id): site for site in sites}
        choice = self.fields["site"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 (declared above)
        choice.choices = [
            ("", pgettext_lazy("sites", "all")),
            *((public_id, site.name) for public_id, site in self._sites.items()),
        ]

    def wanted(self) -> BoardFilter:
        """The filter; everything if the query string cannot be read."""
        read = self._read()
        if not read:
            return BoardFilter()
        return BoardFilter(
            site=self._sites.get(read["site"]),
            state=HazardState(read["state"]) if read["state"] else None,
            words=read["words"],
        )


class HeldFilterForm(BureauFilterForm):
    """Which of a bureau's hazards; `bureaus` are the reader's own and those below."""

    quarter = None  # type: ignore[assignment]  # a hazard is of no quarter
    state = forms.ChoiceField(
        required=False,
        label=_("State"),
        choices=_states((*ON_THE_BOOKS, *OFF_THE_BOOKS)),
    )
    listed = forms.ChoiceField(
        required=False,
        label=_("Listed supervision"),
        choices=[
            ("", pgettext_lazy("listings", "does not matter")),
            *ListedLevel.choices,
        ],
    )
    name = LineField(
        required=False, max_length=60, label=_("Enterprise, beginning of its name")
    )
    overdue = forms.BooleanField(required=False, label=_("past the deadline"))
    asked = forms.BooleanField(required=False, label=_("more time asked for"))
    recheck = forms.BooleanField(required=False, label=_("waiting for re-check"))

    def wanted(self, order: HeldOrder) -> HeldFilter:
        """The filter; everything if the query string cannot be read."""
        read = self._read()
        if not read:
            return HeldFilter(order=order)
        return HeldFilter(
            order=order,
            bureau=self.bureaus.get(read["bureau"]),
            state=HazardState(read["state"]) if read["state"] else None,
            listed=ListedLevel(read["listed"]) if read["listed"] else None,
            overdue_on=self.on if read["overdue"] else None,
            asked=read["asked"],
            recheck=read["recheck"],
            name=read["name"],
        )

    def in_words(self) -> list[tuple[str, str]]:
        """What was chosen, by the name of the field."""
        chosen = []
        for name, value in self._read().items():
            if value:
                field = self.fields[name]
                words = dict(getattr(field, "choices", ()))
                said = _("yes") if value is True else words.get(value, value)
                chosen.append((str(field.label), str(said)))
        return chosen
