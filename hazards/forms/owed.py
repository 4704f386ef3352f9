"""What the list of who owes what is narrowed by."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.fields import LineField
from hazards.forms.filters import BureauFilterForm
from hazards.models import STATE_WORDS, ObligationKind
from hazards.queries.owed import OwedFilter, Tab
from hazards.rules.obligations import ObligationState
from hazards.rules.quarters import Quarter

YEARS_OFFERED = 3


class PeriodField(forms.CharField):
    """A quarter written like 2026Q3, or a year like 2026."""

    def clean(self, value: Any) -> Any:
        """Return the quarter or the year; None for none."""
        text = super().clean(value)
        if not text:
            return None
        if text.isascii() and text.isdigit() and len(text) == 4:
            return int(text)
        try:
            quarter = Quarter.parse(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return quarter


class OwedFilterForm(BureauFilterForm):
    """Which duties; `bureaus` are the reader's own and those below."""

    quarter = None  # type: ignore[assignment]  # a period is asked for instead
    kind = forms.ChoiceField(
        required=False,
        label=_("What is owed"),
        choices=[("", pgettext_lazy("duties", "all")), *ObligationKind.choices],
    )
    period = PeriodField(required=False, max_length=6, label=_("Period"))
    state = forms.ChoiceField(
        required=False,
        label=_("State"),
        choices=[
            ("", pgettext_lazy("states", "all")),
            *(
                (state.value, STATE_WORDS[state])
                for state in (ObligationState.MISSING, ObligationState.PENDING)
            ),
        ],
    )
    name = LineField(
        required=False, max_length=60, label=_("Enterprise, beginning of its name")
    )

    @property
    def quarters(self) -> list[Quarter]:
        """The quarters offered, newest first; the chosen one among them."""
        offered = [Quarter.containing(self.on).shifted(-back) for back in range(12)]
        chosen = self._read().get("period")
        if isinstance(chosen, Quarter) and chosen not in offered:
            offered.append(chosen)
        return offered

    @property
    def years(self) -> list[int]:
        """The years offered, newest first; the chosen one among them."""
        offered = [self.on.year - back for back in range(YEARS_OFFERED)]
        chosen = self._read().get("period")
        if isinstance(chosen, int) and chosen not in offered:
            offered.append(chosen)
        return offered

    def wanted(self, tab: Tab) -> OwedFilter:
        """The filter; everything if the query string cannot be read."""
        read = self._read()
        if not read:
            return OwedFilter(tab=tab)
        return OwedFilter(
            tab=tab,
            kind=ObligationKind(read["kind"]) if read["kind"] else None,
            period=read["period"],
            state=ObligationState(read["state"]) if read["state"] else None,
            bureau=self.bureaus.get(read["bureau"]),
            name=read["name"],
        )

    def in_words(self) -> list[tuple[str, str]]:
        """What was chosen, by the name of the field."""
        chosen = []
        for name, value in self._read().items():
            if value:
                field = self.fields[name]
                words = dict(getattr(field, "choices", ()))
                chosen.append((str(field.label), str(words.get(value, value))))
        return chosen
