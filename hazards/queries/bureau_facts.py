"""
What bureaus have fixed, as facts for the rules: their policies of a day, and of each
quarter its stored due day and the policy of its first day.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

from django.db.models import Min

from accounts.models import Bureau, SupervisionAssignment
from hazards.models import Obligation, ObligationKind, Suspension, Waiver
from hazards.queries.deadlines import BureauRules
from hazards.rules import obligations as rules
from hazards.rules.facts import QuarterOnRecord, WaiverFacts
from hazards.rules.lives import day_of
from hazards.rules.policies import DEFINITIONS, Policies, PolicyValue, effective
from hazards.rules.quarters import Quarter
from hazards.rules.rulebook import RULEBOOKS


def receivers_on(
    enterprises: Collection[int], on: dt.date, *, site: int | None = None
) -> dict[int, Bureau]:
    """
    The bureau that receives from each on the day: of the site, where one is assigned
    to it, else of the enterprise; 1 query.
    """
    rows = (
        SupervisionAssignment.objects.holding_on(on)
        .filter(enterprise__in=enterprises)
        .select_related("bureau")
        .order_by("id")
    )
    of_sites: dict[int, Bureau] = {}
    of_enterprises: dict[int, Bureau] = {}
    for row in rows:
        if row.site_id is None:
            of_enterprises[row.enterprise_id] = row.bureau
        elif row.site_id == site:
            of_sites[row.enterprise_id] = row.bureau
    return {**of_enterprises, **of_sites}


class Rulings:
    """What some bureaus have chosen, read once; 2 queries."""

    def __init__(self, bureaus: Iterable[Bureau], *, on: dt.date) -> None:
        """
        Of these bureaus.

        :param on: on whose day policies hold, and days off are known
        """
        self._bureaus = {bureau.pk: bureau for bureau in bureaus}
        self._rules = BureauRules(self._bureaus.values(), on=on)
        self._on = on
        self._policies: dict[int, Policies] = {}
        self._chosen: dict[int, Mapping[str, PolicyValue]] = {}
        self._quarters: dict[tuple[int, int, Quarter], QuarterOnRecord] = {}

    def policy(self, bureau: Bureau | None) -> Mapping[str, PolicyValue]:
        """The policies of the day that differ from the defaults of that day."""
        if bureau is None:
            return {}
        if bureau.pk not in self._chosen:
            chain = self._of(bureau).chain
            values = {name: effective(name, self._on, chain) for name in DEFINITIONS}
            self._chosen[bureau.pk] = {
                name: value
                for name, value in values.items()
                if value != DEFINITIONS[name].default(self._on).value
            }
        return self._chosen[bureau.pk]

    def first_asked(self, bureau: Bureau | None, until: Quarter) -> Quarter:
        """The first quarter that a look back from `until` may come to."""
        if bureau is None:
            return until
        chosen = self.policy(bureau)
        longest, first_ever = (
            chosen.get(name, DEFINITIONS[name].default(self._on).value)
            for name in ("flag_lookback_quarters", "first_quarter")
        )
        assert isinstance(longest, int)  # noqa: S101 (by its definition)
        assert isinstance(first_ever, Quarter)  # noqa: S101 (by its definition)
        # Those whose due day has not ended are not counted, nor is a year.
        back = min(until.shifted(-longest - 2), Quarter(until.year - 2, 1))
        begun = Quarter(min(rulebook.first_year for rulebook in RULEBOOKS), 1)
        return max(back, min(begun, first_ever))

    def quarter(
        self, quarter: Quarter, *, ruled_by: Bureau, judged_by: Bureau | None
    ) -> QuarterOnRecord:
        """
        A quarter as the bureau has it to which the duty belongs; `first_quarter` only
        where it differs from what `judged_by` would have it.
        """
        key = (ruled_by.pk, judged_by.pk if judged_by else 0, quarter)
        if key not in self._quarters:
            first_day = quarter.starts_on
            first = self._of(ruled_by).quarter("first_quarter", on=first_day)
            otherwise = self.policy(judged_by).get(
                "first_quarter",
                DEFINITIONS["first_quarter"].default(first_day).value,
            )
            self._quarters[key] = QuarterOnRecord(
                due_on=self._rules.due(ruled_by, quarter).on,
                first_quarter=None if first == otherwise else first,
            )
        return self._quarters[key]

    def _of(self, bureau: Bureau) -> Policies:
        if bureau.pk not in self._policies:
            self._policies[bureau.pk] = self._rules.policies(bureau)
        return self._policies[bureau.pk]


class Duties:
    """The quarters of some enterprises as stored, with what takes them away."""

    def __init__(self, enterprises: Collection[int], *, stood_at: dt.datetime) -> None:
        """
        Read them; 5 queries with what is asked of them.

        :param stood_at: the instant at which waivers still hold
        """
        self._enterprises = enterprises
        self._stood_at = stood_at
        self._until = Quarter.containing(day_of(stood_at))
        self._received_since = dict(
            SupervisionAssignment.objects.filter(enterprise__in=enterprises)
            .values_list("enterprise_id")
            .annotate(Min("starts_on"))
        )
        self._stored: dict[int, dict[Quarter, tuple[dt.date, Bureau]]] = defaultdict(
            dict
        )
        for owner, quarter, due_on, bureau in self._rows():
            self._stored[owner][quarter] = (due_on, bureau)

    def bureaus(self) -> set[Bureau]:
        """To which the duties belong."""
        return {b for held in self._stored.values() for _, b in held.values()}

    def quarters(
        self, owner: int, *, since: dt.date, bureau: Bureau | None, rulings: Rulings
    ) -> dict[Quarter, QuarterOnRecord]:
        """
        Each quarter that may be asked about, up to the next one: the stored due day;
        where none is stored, that of the bureau. One that was due before any bureau
        received from the enterprise here is before its first quarter, as
        hazards.services.openings has it.

        :param since: the day on which the enterprise was established
        """
        found: dict[Quarter, QuarterOnRecord] = {}
        elsewhere: list[Quarter] = []
        stored = self._stored.get(owner, {})
        received_since = self._received_since.get(owner, dt.date.max)
        first = max(rulings.first_asked(bureau, self._until), Quarter.containing(since))
        for quarter in Quarter.range(first, self._until.next()):
            kept = stored.get(quarter)
            ruled_by = kept[1] if kept else bureau
            if ruled_by is None:
                continue
            ruled = rulings.quarter(quarter, ruled_by=ruled_by, judged_by=bureau)
            if kept is not None and kept[0] != ruled.due_on:
                ruled = QuarterOnRecord(kept[0], ruled.first_quarter)
            found[quarter] = ruled
            if kept is None and ruled.due_on and ruled.due_on < received_since:
                elsewhere.append(quarter)
        # Due before anybody received from it here: not asked for here.
        for quarter in elsewhere:
            found[quarter] = QuarterOnRecord(
                found[quarter].due_on, elsewhere[-1].next()
            )
        return found

    @cached_property
    def suspensions(self) -> dict[int, list[rules.Suspension]]:
        """Declared stops of each, but for those that were refused."""
        found: dict[int, list[rules.Suspension]] = defaultdict(list)
        rows = (
            Suspension.objects.filter(enterprise__in=self._enterprises)
            .exclude(confirmed=False)
            .order_by("from_on", "id")
            .values_list(
                "enterprise_id", "from_on", "to_on", "declared_at", "confirmed"
            )
        )
        for owner, from_on, to_on, declared_at, confirmed in rows:
            suspension = rules.Suspension(from_on, to_on, declared_at, confirmed)
            found[owner].append(suspension)
        return found

    @cached_property
    def waivers(self) -> dict[int, list[WaiverFacts]]:
        """Quarters that are not asked for, by waivers that had not ended by then."""
        found: dict[int, dict[Quarter, None]] = defaultdict(dict)
        rows = (
            Waiver.objects.filter(obligation__enterprise__in=self._enterprises)
            .order_by("obligation__year", "obligation__quarter_number", "id")
            .values_list(
                "obligation__enterprise_id",
                "obligation__year",
                "obligation__quarter_number",
                "expires_on",
            )
        )
        for owner, year, number, expires_on in rows:
            if rules.Waiver(expires_on).holds(self._stood_at):
                found[owner][Quarter(year, number)] = None
        return {owner: [WaiverFacts(q) for q in of] for owner, of in found.items()}

    def _rows(self) -> Iterator[tuple[int, Quarter, dt.date, Bureau]]:
        rows = list(
            Obligation.objects.filter(
                enterprise__in=self._enterprises,
                kind=ObligationKind.QUARTER,
            ).values_list(
                "enterprise_id", "year", "quarter_number", "due_at", "bureau_id"
            )
        )
        bureaus = Bureau.objects.in_bulk({row[4] for row in rows})
        for owner, year, number, due_at, bureau in rows:
            yield owner, Quarter(year, number), day_of(due_at), bureaus[bureau]
