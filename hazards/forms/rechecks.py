"""What the list of hazards to look at again is narrowed by."""

from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LineField
from hazards.forms.filters import BureauFilterForm
from hazards.queries.recheck_candidates import RecheckFilter, Tab


class RecheckFilterForm(BureauFilterForm):
    """Which candidates; `bureaus` are the reader's own and those below."""

    quarter = None  # type: ignore[assignment]  # a hazard is of no quarter
    name = LineField(
        required=False, max_length=60, label=_("Enterprise, beginning of its name")
    )

    def wanted(self, tab: Tab) -> RecheckFilter:
        """The filter; everything if the query string cannot be read."""
        read = self._read()
        if not read:
            return RecheckFilter(tab=tab)
        return RecheckFilter(
            tab=tab, bureau=self.bureaus.get(read["bureau"]), name=read["name"]
        )
