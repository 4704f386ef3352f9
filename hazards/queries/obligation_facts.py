"""
From rows to the facts that the pure functions judge: for some obligations at once, in
a constant number of queries.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.models import (
    Bureau,
    Enterprise,
    Membership,
    Role,
    SupervisionAssignment,
)
from hazards.models import (
    Obligation,
    SealKind,
    Suspension,
    TeamKind,
    VersionInspection,
    Waiver,
)
from hazards.queries.deadlines import BureauRules
from hazards.rules import obligations as rules
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter

MICROSECOND = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class _Listing:
    """A visit in a received version, as it was sealed."""

    quarter: Quarter
    received_at: dt.datetime
    visit: rules.ListedVisit
    principal_took_part: bool


@dataclass
class _Record:
    """What is on record of one enterprise."""

    listings: list[_Listing] = field(default_factory=list)
    suspensions: list[rules.Suspension] = field(default_factory=list)
    waivers: dict[Quarter, list[rules.Waiver]] = field(default_factory=dict)
    principals: list[tuple[dt.date, dt.date | None]] = field(default_factory=list)

    def latest(self, otherwise: dt.datetime) -> dt.datetime:
        """The instant of what came last of all that the rules compare with one."""
        received = (listing.received_at for listing in self.listings)
        declared = (suspension.declared_at for suspension in self.suspensions)
        return max((*received, *declared), default=otherwise)

    def has_principal_during(self, visit: rules.ListedVisit) -> bool:
        """Whether anybody was principal on one of its days."""
        return any(
            starts_on <= visit.ended_on
            and (ends_on is None or visit.started_on <= ends_on)
            for starts_on, ends_on in self.principals
        )


class ObligationFacts:
    """The facts of some obligations (with their enterprise and bureau loaded)."""

    def __init__(self, rows: Sequence[Obligation], *, at: dt.datetime) -> None:
        """
        Read the record of their enterprises.

        :param at: on whose day the bureaus' policies and days are read
        """
        enterprises = {row.enterprise_id for row in rows}
        years = {row.year for row in rows}
        self._records: dict[int, _Record] = defaultdict(_Record)
        on = at.astimezone(SHANGHAI).date()
        self._receivers = {
            assignment.enterprise_id: assignment.bureau
            for assignment in SupervisionAssignment.objects.holding_on(on)
            .filter(enterprise__in=enterprises, site__isnull=True)
            .select_related("bureau")
        }
        bureaus = {*self._receivers.values(), *(row.bureau for row in rows)}
        self._rules = BureauRules(bureaus, on=on)
        for owner, listing in _listings(enterprises, years):
            self._records[owner].listings.append(listing)
        for owner, suspension in _suspensions(enterprises):
            self._records[owner].suspensions.append(suspension)
        for owner, quarter, waiver in _waivers(enterprises, years):
            self._records[owner].waivers.setdefault(quarter, []).append(waiver)
        for owner, days in _principals(enterprises):
            self._records[owner].principals.append(days)

    def quarter(self, row: Obligation) -> rules.QuarterFacts:
        """What decides the quarter of the row."""
        assert row.quarter is not None  # noqa: S101 (the caller asked its kind)
        return self._quarter(row.enterprise, row.bureau, row.quarter, row.due_at)

    def year(self, row: Obligation) -> rules.YearFacts:
        """What decides the principal's year of the row."""
        return rules.YearFacts(
            quarters=tuple(
                self._quarter(row.enterprise, row.bureau, quarter, row.due_at)
                for quarter in Quarter.of_year(row.year)
            ),
            due_at=row.due_at,
            visits=tuple(self._visits(row)),
        )

    def receiver(self, row: Obligation) -> Bureau:
        """Who receives now; where nobody does, who received last."""
        return self._receivers.get(row.enterprise_id, row.bureau)

    def outlook(self, row: Obligation, at: dt.datetime) -> rules.ObligationState:
        """
        What the duty will be if nothing more comes: of all that is on record by now,
        though the instant be an earlier one (a missed night, a clock set back).
        """
        seen = max(at, self._records[row.enterprise_id].latest(at)) + MICROSECOND
        if row.quarter is None:
            outlook = rules.year_outlook(self.year(row), seen)
        else:
            outlook = rules.quarter_outlook(self.quarter(row), seen)
        nobody_receives = row.enterprise_id not in self._receivers
        if outlook == rules.ObligationState.MISSING and nobody_receives:
            # It could not be filed here: a person must look.
            return rules.ObligationState.PENDING
        return outlook

    def waivers_end_on(self, row: Obligation, at: dt.datetime) -> dt.date | None:
        """The last day of the waiver that ends first of those that hold."""
        waived = self._records[row.enterprise_id].waivers
        quarters = [row.quarter] if row.quarter else Quarter.of_year(row.year)
        ends = [
            waiver.expires_on
            for quarter in quarters
            for waiver in waived.get(quarter, ())
            if waiver.expires_on is not None and waiver.holds(at)
        ]
        return min(ends, default=None)

    def _quarter(
        self,
        enterprise: Enterprise,
        bureau: Bureau,
        quarter: Quarter,
        due_at: dt.datetime,
    ) -> rules.QuarterFacts:
        record = self._records[enterprise.pk]
        received: dict[dt.datetime, list[rules.ListedVisit]] = defaultdict(list)
        for listing in record.listings:
            if listing.quarter == quarter:
                received[listing.received_at].append(listing.visit)
        return rules.QuarterFacts(
            quarter=quarter,
            established_on=enterprise.established_on,
            due_at=due_at,
            first_quarter=self._rules.first_quarter(bureau, quarter),
            suspensions=tuple(record.suspensions),
            waivers=tuple(record.waivers.get(quarter, ())),
            received=tuple(
                rules.ReceivedReport(received_at, tuple(visits))
                for received_at, visits in sorted(received.items())
            ),
        )

    def _visits(self, row: Obligation) -> Iterator[rules.YearVisit]:
        """Each inspection held in the year, as every listing of it has it."""
        record = self._records[row.enterprise_id]
        for listing in record.listings:
            visit = listing.visit
            if visit.started_on.year != row.year:
                continue
            took_part = listing.principal_took_part or (
                False if record.has_principal_during(visit) else None
            )
            yield rules.YearVisit(listing.received_at, took_part)


def _listings(
    enterprises: Iterable[int], years: Iterable[int]
) -> Iterator[tuple[int, _Listing]]:
    rows = (
        VersionInspection.objects.filter(
            version__report__enterprise__in=enterprises,
            version__report__year__in=years,
            version__seals__kind__in=set(SealKind) - {SealKind.LATER_SIGNATURE},
        )
        .order_by("id")
        .values_list(
            "version__report__enterprise_id",
            "version__report__year",
            "version__report__quarter_number",
            "version__seals__received_at",
            "facts",
        )
    )
    for owner, year, number, received_at, sealed in rows:
        if year is None or number is None:
            continue
        facts: dict[str, Any] = sealed or {}
        yield (
            owner,
            _Listing(
                quarter=Quarter(year, number),
                received_at=received_at,
                visit=rules.ListedVisit(
                    started_on=dt.date.fromisoformat(facts["started_on"]),
                    ended_on=dt.date.fromisoformat(facts["ended_on"]),
                    internal=facts["team"] == TeamKind.INTERNAL,
                ),
                principal_took_part=_principal_took_part(facts),
            ),
        )


def _principal_took_part(facts: dict[str, Any]) -> bool:
    """As the team stated it: with evidence, or by naming the principal among them."""
    return facts["principal_took_part"] is not None or any(
        person["took_part"] and person["capacity"] == Role.PRINCIPAL
        for person in facts["people"]
    )


def _suspensions(
    enterprises: Iterable[int],
) -> Iterator[tuple[int, rules.Suspension]]:
    for row in Suspension.objects.filter(enterprise__in=enterprises):
        yield (
            row.enterprise_id,
            rules.Suspension(row.from_on, row.to_on, row.declared_at, row.confirmed),
        )


def _waivers(
    enterprises: Iterable[int], years: Iterable[int]
) -> Iterator[tuple[int, Quarter, rules.Waiver]]:
    rows = Waiver.objects.filter(
        obligation__enterprise__in=enterprises, obligation__year__in=years
    ).values_list(
        "obligation__enterprise_id",
        "obligation__year",
        "obligation__quarter_number",
        "expires_on",
    )
    for owner, year, number, expires_on in rows:
        yield owner, Quarter(year, number), rules.Waiver(expires_on)


def _principals(
    enterprises: Iterable[int],
) -> Iterator[tuple[int, tuple[dt.date, dt.date | None]]]:
    rows = Membership.objects.filter(
        enterprise__in=enterprises, role=Role.PRINCIPAL
    ).values_list("enterprise_id", "starts_on", "ends_on")
    for owner, starts_on, ends_on in rows:
        if owner is not None:
            yield owner, (starts_on, ends_on)
