"""What a bureau's policies are today, whence they come, and what follows from them."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.models import Bureau, BureauDay, BureauPolicy
from hazards.queries.deadlines import bureau_ids, calendar_of, policies_of
from hazards.rules.deadlines import Due, due
from hazards.rules.policies import (
    DEFINITIONS,
    PolicyDefault,
    PolicyDefinition,
    PolicyValue,
)
from hazards.rules.quarters import Quarter

CHOICES: Final[Mapping[str, Promise]] = {
    "notice": gettext_lazy("the notice of the check"),
    "arrival": gettext_lazy("the arrival on site"),
    "finding": gettext_lazy("the finding of the hazard"),
    "penalty": gettext_lazy("propose a penalty"),
    "no_penalty": gettext_lazy("propose no penalty"),
    "review": gettext_lazy("leave it to a person to judge"),
    "none": gettext_lazy("propose nothing"),
}


@dataclass(frozen=True)
class Standing:
    """
    A policy as it stands for a bureau on a day. Without `entry` nobody in the line of
    bureaus has chosen and the default holds. `entries` is what was ever chosen in
    that line, the latest first.
    """

    definition: PolicyDefinition
    entry: BureauPolicy | None
    default: PolicyDefault
    entries: tuple[BureauPolicy, ...]
    coming: tuple[BureauPolicy, ...]

    @property
    def title(self) -> str:
        """What the policy decides, in the reader's language."""
        return title_of(self.definition)

    @property
    def source(self) -> str:
        """Where the default comes from, in the reader's language."""
        return _in_readers_language(zh=self.default.source_zh, en=self.default.source)

    @property
    def value(self) -> PolicyValue:
        """The value in force."""
        if self.entry is None:
            return self.default.value
        return self.definition.parse(self.entry.value)

    @property
    def value_words(self) -> str:
        """The value in force, in words."""
        return value_words(self.definition, self.value)

    @property
    def since(self) -> dt.date:
        """The day from which that value holds."""
        return self.default.since if self.entry is None else self.entry.starts_on


@dataclass(frozen=True)
class QuarterDue:
    """A quarter and when its report is due."""

    quarter: Quarter
    due: Due


def standings(bureau: Bureau, *, on: dt.date) -> list[Standing]:
    """Every policy as it stands for the bureau on the day; one query."""
    rows = list(_entries(bureau))
    return [
        _standing(policy, [r for r in rows if r.name == name], bureau=bureau, on=on)
        for name, policy in DEFINITIONS.items()
    ]


def standing(bureau: Bureau, definition: PolicyDefinition, *, on: dt.date) -> Standing:
    """One policy as it stands for the bureau on the day; one query."""
    rows = list(_entries(bureau).filter(name=definition.name))
    return _standing(definition, rows, bureau=bureau, on=on)


def dues(bureau: Bureau, *, on: dt.date, count: int = 4) -> list[QuarterDue]:
    """When the reports of the day's quarter and those after it are due; two queries."""
    policies, calendar = policies_of(bureau), calendar_of(bureau, on=on)
    quarters = [Quarter.containing(on).shifted(ahead) for ahead in range(count)]
    return [QuarterDue(q, due(q, policies, calendar)) for q in quarters]


def declared_days(bureau: Bureau, *, on: dt.date) -> list[BureauDay]:
    """The days that the bureau and those above it declare, the latest day first."""
    rows = BureauDay.objects.holding_on(on).filter(bureau_id__in=bureau_ids(bureau))
    return list(rows.select_related("bureau", "recorded_by").order_by("-day", "pk"))


def first_quarter_from(day: dt.date) -> Quarter:
    """The first quarter that follows a choice made from the day on."""
    quarter = Quarter.containing(day)
    return quarter if day == quarter.starts_on else quarter.next()


def title_of(definition: PolicyDefinition) -> str:
    """What the policy decides, in the reader's language."""
    return _in_readers_language(zh=definition.zh, en=definition.en)


def _in_readers_language(*, zh: str, en: str) -> str:
    return zh if (get_language() or "").startswith("zh") else en


def value_words(definition: PolicyDefinition, value: PolicyValue) -> str:
    """A value of the policy in words, with its unit."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return _counted(value, definition.unit)
    if isinstance(value, dt.date):
        return formats.date_format(value)
    return str(CHOICES.get(str(value), value))


def _counted(number: int, unit: str) -> str:
    words = {
        "hour": ngettext("%(number)s hour", "%(number)s hours", number),
        "day": ngettext("%(number)s day", "%(number)s days", number),
        "quarter": ngettext("%(number)s quarter", "%(number)s quarters", number),
        "day of the month": _("day %(number)s of the month"),
    }
    return words.get(unit, "%(number)s") % {"number": number}


def _entries(bureau: Bureau) -> QuerySet[BureauPolicy]:
    return (
        BureauPolicy.objects.filter(bureau_id__in=bureau_ids(bureau))
        .select_related("bureau", "recorded_by")
        .order_by("-starts_on", "-pk")
    )


def _standing(
    definition: PolicyDefinition,
    rows: list[BureauPolicy],
    *,
    bureau: Bureau,
    on: dt.date,
) -> Standing:
    nearest_first = bureau_ids(bureau)
    holding = [row for row in rows if row.holds_on(on)]
    holding.sort(key=lambda row: nearest_first.index(row.bureau_id))
    coming = [r for r in rows if r.starts_on > on and r.holds_on(r.starts_on)]
    return Standing(
        definition=definition,
        entry=holding[0] if holding else None,
        default=definition.default(on),
        entries=tuple(rows),
        coming=tuple(coming),
    )
