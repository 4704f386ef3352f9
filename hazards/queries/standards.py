"""Which clauses of the determination standards concern an enterprise."""

import datetime as dt

from accounts.codes.industries import proposed_sector
from accounts.models import Enterprise, HazardFeature
from hazards.rules.catalogue import GONGMAO, Clause, applicable


def applies_to(enterprise: Enterprise, *, on: dt.date) -> frozenset[str]:
    """
    Return what decides which clauses apply: the sector that the industry code
    suggests, that it is one of 工贸, and the hazard features of the day; one query.
    """
    features = HazardFeature.objects.holding_on(on).filter(enterprise=enterprise)
    keys = frozenset(features.values_list("feature", flat=True))
    sector = proposed_sector(enterprise.industry)
    return keys if sector is None else keys | {sector.key, GONGMAO}


def checklist_clauses(enterprise: Enterprise, *, on: dt.date) -> tuple[Clause, ...]:
    """Return the clauses in force that concern the enterprise on the day; one query."""
    return applicable(applies_to(enterprise, on=on), on=on)
