"""Reads for a bureau's pages of its enterprises."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.codes.width import half_width
from accounts.models import (
    Acting,
    Enterprise,
    HazardFeature,
    HighRiskDesignation,
    Membership,
    PrincipalChange,
    Role,
    Site,
    StandardizationLevel,
    SupervisionAssignment,
)
from accounts.queries.paging import PAGE_SIZE, after_row
from accounts.queries.people import PeoplePage, people_of_enterprise


@dataclass(frozen=True)
class EnterpriseRow:
    """An enterprise in a list."""

    enterprise: Enterprise
    principal: str
    """Full name; empty while there is none."""
    is_high_risk: bool
    level: int | None
    """Standardization level; None = not graded."""


@dataclass(frozen=True)
class EnterpriseList:
    """Some enterprises by name, and where the next page begins."""

    rows: list[EnterpriseRow]
    next_after: str
    query: str


@dataclass(frozen=True)
class EnterprisePage:
    """What is on record about one enterprise."""

    enterprise: Enterprise
    assignments: list[SupervisionAssignment]
    levels: list[StandardizationLevel]
    high_risk: list[HighRiskDesignation]
    features: list[HazardFeature]
    sites: list[Site]
    people: PeoplePage
    principal: Membership | None
    change: PrincipalChange | None


def enterprise_list(*, by: Acting, query: str = "", after: str = "") -> EnterpriseList:
    """
    Read a page of the enterprises that the person sees, by name; `query` is a part of
    the name or the beginning of the credit code.
    """
    query = half_width(query).strip()[:100]
    seen = Enterprise.objects.visible_to(by)
    if query:
        seen = seen.filter(Q(name__contains=query) | Q(uscc__startswith=query.upper()))
    rows = _described(after_row(seen, "name", "id", after=after), by.on)
    # Annotated rows: `_described` says with what.
    found: list[Any] = list(rows[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return EnterpriseList(
        rows=[
            EnterpriseRow(row, row.principal_name or "", row.is_high_risk, row.level)
            for row in shown
        ],
        next_after=str(shown[-1].public_id) if len(found) > PAGE_SIZE else "",
        query=query,
    )


def _described(rows: QuerySet[Enterprise], on: dt.date) -> QuerySet[Enterprise]:
    here = {"enterprise": OuterRef("pk")}
    principals = Membership.objects.holding_on(on).filter(role=Role.PRINCIPAL, **here)
    levels = StandardizationLevel.objects.holding_on(on).filter(**here)
    return rows.select_related("county").annotate(
        principal_name=Subquery(principals.values("user__full_name")[:1]),
        is_high_risk=Exists(HighRiskDesignation.objects.holding_on(on).filter(**here)),
        level=Subquery(levels.values("level")[:1]),
    )


def enterprise_page(
    *, enterprise: Enterprise, by: Acting, at: dt.datetime
) -> EnterprisePage:
    """Read everything that is on record about an enterprise."""
    people = people_of_enterprise(enterprise=enterprise, by=by, at=at)
    principals = [
        row
        for row in people.memberships
        if row.role == Role.PRINCIPAL and row.holds_on(by.on)
    ]
    return EnterprisePage(
        enterprise=enterprise,
        assignments=list(
            enterprise.assignments.select_related("bureau", "site").order_by(
                "-starts_on", "-id"
            )
        ),
        levels=list(enterprise.standardization_levels.order_by("-starts_on")),
        high_risk=list(enterprise.high_risk_designations.order_by("-starts_on")),
        features=list(enterprise.hazard_features.order_by("-starts_on", "feature")),
        sites=list(enterprise.sites.select_related("county").order_by("id")),
        people=people,
        principal=principals[0] if principals else None,
        change=people.change,
    )
