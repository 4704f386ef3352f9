"""What lists are narrowed by, from the query string: unread words narrow nothing."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.codes.years import YEARS
from accounts.forms.fields import LineField
from accounts.models import Bureau
from hazards.models import ReportKind, ReportStatus
from hazards.queries.queue import QueueFilter, Waiting
from hazards.queries.report_lists import ReportFilter
from hazards.rules.quarters import Quarter

QUARTERS_OFFERED = 12


class QuarterField(forms.CharField):
    """A quarter written like 2026Q3."""

    def clean(self, value: Any) -> Any:
        """Return the quarter; None for none."""
        text = super().clean(value)
        if not text:
            return None
        try:
            quarter = Quarter.parse(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if quarter.year not in YEARS:
            raise forms.ValidationError(_("No such year can be meant: check it."))
        return quarter


class FilterForm(forms.Form):
    """A form of a list; sent by GET, so that a filtered list can be kept and shared."""

    quarter = QuarterField(required=False, max_length=6, label=_("Quarter"))

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    @property
    def quarters(self) -> list[Quarter]:
        """The quarters offered, newest first; the chosen one among them."""
        offered = [Quarter.containing(self.on)]
        while len(offered) < QUARTERS_OFFERED:
            offered.append(offered[-1].previous())
        chosen = self._read().get("quarter")
        return offered if chosen is None or chosen in offered else [*offered, chosen]

    @property
    def is_used(self) -> bool:
        """Whether the list is narrowed at all."""
        return any(self._read().values())

    @property
    def kept(self) -> str:
        """The filter as the links to other pages of the list carry it."""
        typed = {name: self.data.get(name) for name in self.fields}
        said = {name: value for name, value in typed.items() if value}
        return urlencode(said) if self.is_used else ""

    def _read(self) -> dict[str, Any]:
        """What was read; of a query string with a mistake in it, nothing."""
        return self.cleaned_data if self.is_valid() else {}


class BureauFilterForm(FilterForm):
    """Which of the bureaus: the reader's own and those below."""

    bureau = forms.ChoiceField(required=False, label=_("Bureau"))

    def __init__(
        self, *args: Any, on: dt.date, bureaus: Sequence[Bureau], **kwargs: Any
    ) -> None:
        super().__init__(*args, on=on, **kwargs)
        self.bureaus = {str(bureau.public_id): bureau for bureau in bureaus}
        choice = self.fields["bureau"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 (declared above)
        choice.choices = [
            ("", pgettext_lazy("bureaus", "all")),
            *((public_id, bureau.name) for public_id, bureau in self.bureaus.items()),
        ]


class KindFilterForm(FilterForm):
    """Which kind of report."""

    kind = forms.ChoiceField(
        required=False,
        label=_("Kind"),
        choices=[("", pgettext_lazy("kinds of reports", "all")), *ReportKind.choices],
    )


class QueueFilterForm(KindFilterForm):
    """Which of the waiting reports."""

    waiting = forms.ChoiceField(
        required=False,
        label=_("Waiting reports"),
        choices=[
            (Waiting.ALL.value, pgettext_lazy("reports that wait", "all")),
            (Waiting.RECEIVED.value, _("not taken up yet")),
            (Waiting.UNDER_REVIEW.value, _("under review")),
            (Waiting.MINE.value, _("taken up by me")),
        ],
    )
    found = forms.ChoiceField(
        required=False,
        label=_("What was found"),
        choices=[
            ("", pgettext_lazy("findings", "anything")),
            ("yes", _("major hazards")),
            ("no", _("nothing")),
        ],
    )
    name = LineField(
        required=False, max_length=60, label=_("Enterprise, beginning of its name")
    )
    late = forms.BooleanField(required=False, label=_("received after the due day"))
    unsigned = forms.BooleanField(required=False, label=_("not signed"))

    def wanted(self) -> QueueFilter:
        """The filter; everything if the query string cannot be read."""
        read = self._read()
        if not read:
            return QueueFilter()
        return QueueFilter(
            waiting=Waiting(read["waiting"]),
            kind=ReportKind(read["kind"]) if read["kind"] else None,
            quarter=read["quarter"],
            found={"yes": True, "no": False}.get(read["found"]),
            late=read["late"],
            unsigned=read["unsigned"],
            name=read["name"],
        )


class ReportFilterForm(KindFilterForm):
    """Which reports of the list."""

    status = forms.ChoiceField(
        required=False,
        label=_("State"),
        choices=[("", pgettext_lazy("states", "all")), *ReportStatus.choices],
    )

    def wanted(self) -> ReportFilter:
        """The filter; everything if the query string cannot be read."""
        read = self._read()
        status, kind = read.get("status"), read.get("kind")
        return ReportFilter(
            kind=ReportKind(kind) if kind else None,
            quarter=read.get("quarter"),
            status=ReportStatus(status) if status else None,
        )
