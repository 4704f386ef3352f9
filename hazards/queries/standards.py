"""Which clauses of the determination standards concern an enterprise."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.codes.industries import proposed_sector
from accounts.models import Enterprise, HazardFeature
from hazards.rules.catalogue import (
    GONGMAO,
    Article,
    Clause,
    Standard,
    applicable,
    search,
)


@dataclass(frozen=True)
class ArticleClauses:
    """Clauses of one article."""

    article: Article
    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class StandardClauses:
    """Clauses of one standard, by article."""

    standard: Standard
    articles: tuple[ArticleClauses, ...]


@dataclass(frozen=True)
class FoundClauses:
    """What a search found: what applies to the enterprise, and the rest."""

    count: int
    applying: tuple[StandardClauses, ...]
    others: tuple[StandardClauses, ...]


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


def found_clauses(
    words: str, *, enterprise: Enterprise | None, on: dt.date
) -> FoundClauses:
    """
    Find clauses in force by number or words, see `search`; what applies to the
    enterprise stands apart. At most one query.
    """
    keys = applies_to(enterprise, on=on) if enterprise else frozenset()
    clauses = search(words, on=on, applies=keys)
    return FoundClauses(
        count=len(clauses),
        applying=by_standard(each for each in clauses if each.applies(keys)),
        others=by_standard(each for each in clauses if not each.applies(keys)),
    )


def by_standard(clauses: Iterable[Clause]) -> tuple[StandardClauses, ...]:
    """Put clauses under their standards and articles, in the order given."""
    standards: dict[Standard, dict[Article, list[Clause]]] = {}
    for each in clauses:
        articles = standards.setdefault(each.standard, {})
        articles.setdefault(each.article, []).append(each)
    return tuple(
        StandardClauses(
            standard,
            tuple(
                ArticleClauses(article, tuple(members))
                for article, members in articles.items()
            ),
        )
        for standard, articles in standards.items()
    )
