"""
What enterprises filed, as facts for the rules: receipts, the inspections that they
list as they were sealed, and who took part. For many enterprises at once, in a constant
number of queries.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.db.models import F

from accounts.models import Membership, Role
from hazards.models import ReportKind, Seal, SealKind, TeamKind, VersionInspection
from hazards.rules.facts import InspectionFacts, PrincipalTerm, ReportFacts
from hazards.rules.quarters import Quarter


class Receipt(NamedTuple):
    """A version that a bureau received; `signed_by` as it stood, None = by nobody."""

    version: int
    report: int
    kind: str
    quarter: Quarter | None
    received_at: dt.datetime
    bureau: int
    signed_by: str | None


@dataclass
class People:
    """An enterprise's principals, and its other members by their names."""

    principals: list[PrincipalTerm] = field(default_factory=list)
    members: dict[str, list[tuple[str, PrincipalTerm]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def principals_during(self, first: dt.date, last: dt.date) -> list[str]:
        """Whoever was principal on one of the days."""
        return [t.person for t in self.principals if _overlaps(t, first, last)]

    def named(self, name: str, first: dt.date, last: dt.date) -> list[str]:
        """Members of the name, other than principals, on one of the days."""
        known = self.members.get(name, ())
        return [person for person, term in known if _overlaps(term, first, last)]


def people_of(enterprises: Collection[int]) -> dict[int, People]:
    """
    The people of each enterprise, by the ids of their memberships, a principal by that
    of the first; terms of one that follow each other are one. 1 query.
    """
    people: dict[int, People] = defaultdict(People)
    # Where the last term of a principal stands, by enterprise and user.
    places: dict[tuple[int, int], int] = {}
    rows = (
        Membership.objects.filter(enterprise__in=enterprises)
        .order_by("starts_on", "id")
        .values_list(
            "enterprise_id",
            "user_id",
            "public_id",
            "role",
            "starts_on",
            "ends_on",
            "user__full_name",
        )
    )
    for owner, user, public_id, role, starts_on, ends_on, name in rows:
        # It ended before it began: it was never true.
        if owner is None or (ends_on is not None and ends_on < starts_on):
            continue
        term = PrincipalTerm(str(public_id), starts_on, ends_on)
        if role != Role.PRINCIPAL:
            people[owner].members[name].append((term.person, term))
            continue
        terms, place = people[owner].principals, places.get((owner, user))
        before = terms[place] if place is not None else None
        if place is not None and before is not None and _follows(before, term):
            terms[place] = replace(before, to_on=ends_on)
            continue
        places[owner, user] = len(terms)
        terms.append(replace(term, person=before.person) if before else term)
    return people


def _follows(before: PrincipalTerm, term: PrincipalTerm) -> bool:
    """Whether a term goes on where the one before it ended."""
    return before.to_on is not None and term.from_on <= before.to_on + _DAY


_DAY = dt.timedelta(days=1)


def receipts_of(
    enterprises: Collection[int], *, stood_at: dt.datetime, at: dt.datetime
) -> dict[int, list[Receipt]]:
    """
    What was received of each enterprise up to `at`, in that order; 2 queries.

    :param stood_at: a later signature counts if it was given before
    """
    signed_later = {
        version: str(person)
        for version, person in Seal.objects.filter(
            version__report__enterprise__in=enterprises,
            kind=SealKind.LATER_SIGNATURE,
            received_at__lt=stood_at,
        ).values_list("version_id", "signed_by__public_id")
    }
    receipts: dict[int, list[Receipt]] = defaultdict(list)
    rows = (
        Seal.objects.filter(
            version__report__enterprise__in=enterprises, received_at__lte=at
        )
        .exclude(kind=SealKind.LATER_SIGNATURE)
        .order_by("received_at", "id")
        .values_list(
            "version__report__enterprise_id",
            "version_id",
            "version__report_id",
            "version__report__kind",
            "version__report__year",
            "version__report__quarter_number",
            "received_at",
            "bureau_id",
            "kind",
            "signed_by__public_id",
        )
    )
    for owner, version, report, kind, year, number, received, bureau, how, by in rows:
        signer = signed_later.get(version) if how == SealKind.UNSIGNED else str(by)
        quarter = Quarter(year, number) if year and number else None
        receipts[owner].append(
            Receipt(version, report, kind, quarter, received, bureau, signer)
        )
    return receipts


@dataclass
class Filed:
    """The quarterly reports of an enterprise, and the inspections they list."""

    inspections: tuple[InspectionFacts, ...]
    reports: tuple[ReportFacts, ...]


def filed(
    receipts: Mapping[int, Sequence[Receipt]], people: Mapping[int, People]
) -> dict[int, Filed]:
    """What each enterprise filed of its quarters; 1 query."""
    quarterly = {
        owner: [r for r in of_owner if r.kind == ReportKind.QUARTERLY]
        for owner, of_owner in receipts.items()
    }
    listed = _listed(r.version for of_owner in quarterly.values() for r in of_owner)
    nobody = People()
    return {
        owner: _filed(of_owner, listed, people.get(owner, nobody))
        for owner, of_owner in quarterly.items()
    }


def _listed(versions: Iterable[int]) -> dict[int, list[tuple[str, dict[str, Any]]]]:
    """By version, the numbers of the inspections that it lists, and what was sealed."""
    listed: dict[int, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    rows = (
        VersionInspection.objects.filter(version__in=list(versions))
        .annotate(number=F("inspection__number"))
        .order_by("id")
        .values_list("version_id", "number", "facts")
    )
    for version, number, sealed in rows:
        listed[version].append((number, sealed or {}))
    return listed


def _filed(
    receipts: Sequence[Receipt],
    listed: Mapping[int, Sequence[tuple[str, dict[str, Any]]]],
    people: People,
) -> Filed:
    """
    Put the receipts of one enterprise together. An inspection that was sealed twice in
    different words stands there once for each: "…#2" is the second.
    """
    inspections: dict[str, list[InspectionFacts]] = {}
    reports: list[ReportFacts] = []
    for receipt in receipts:
        ids = []
        for number, sealed in listed.get(receipt.version, ()):
            said = _inspection(number, sealed, people)
            known = inspections.setdefault(number, [])
            ids.append(_id_among(known, said))
        assert receipt.quarter is not None  # noqa: S101 (it is a quarter's)
        reports.append(
            ReportFacts(
                receipt.quarter, tuple(ids), receipt.received_at, receipt.signed_by
            )
        )
    return Filed(
        tuple(one for known in inspections.values() for one in known), tuple(reports)
    )


def _id_among(known: list[InspectionFacts], said: InspectionFacts) -> str:
    for one in known:
        if _as_sealed(one) == _as_sealed(said):
            return one.id
    if known:
        number = f"{said.id}#{len(known) + 1}"
        said = InspectionFacts(
            number, said.held_on, said.ended_on, said.internal, said.took_part
        )
    known.append(said)
    return said.id


def _as_sealed(one: InspectionFacts) -> tuple[object, ...]:
    return (one.held_on, one.ended_on, one.internal, one.took_part)


def _inspection(
    number: str, sealed: Mapping[str, Any], people: People
) -> InspectionFacts:
    first = dt.date.fromisoformat(sealed["started_on"])
    last = dt.date.fromisoformat(sealed["ended_on"])
    return InspectionFacts(
        id=number,
        held_on=first,
        ended_on=last,
        internal=sealed["team"] == TeamKind.INTERNAL,
        took_part=_took_part(sealed, first, last, people),
    )


def _took_part(
    sealed: Mapping[str, Any], first: dt.date, last: dt.date, people: People
) -> tuple[str, ...]:
    """
    Who took part, as the team stated it; outsiders have no id. That the principal did,
    by name or with evidence, counts for whoever was principal on a day of it.
    """
    present = [person for person in sealed["people"] if person["took_part"]]
    ids: list[str] = []
    if sealed["principal_took_part"] is not None or any(
        person["capacity"] == Role.PRINCIPAL for person in present
    ):
        ids += people.principals_during(first, last)
    for person in present:
        if person["capacity"] != Role.PRINCIPAL:
            ids += people.named(person["name"], first, last)
    return tuple(dict.fromkeys(ids))


def _overlaps(term: PrincipalTerm, first: dt.date, last: dt.date) -> bool:
    return term.from_on <= last and (term.to_on is None or first <= term.to_on)
