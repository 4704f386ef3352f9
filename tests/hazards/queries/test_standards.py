from collections import Counter
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Enterprise, HazardFeature
from accounts.models.enterprises import Feature
from hazards.queries.standards import applies_to, checklist_clauses
from tests.database.stages import stage
from tests.factories import LONG_AGO, NOW, TODAY, make_enterprise

pytestmark = pytest.mark.django_db


@stage
def enterprise(db: None) -> Enterprise:
    """A foundry of iron and steel, C3130."""
    return make_enterprise()


def add_feature(enterprise: Enterprise, feature: Feature, **days: Any) -> HazardFeature:
    return HazardFeature.objects.create(
        enterprise=enterprise,
        feature=feature,
        recorded_at=NOW,
        **{"starts_on": LONG_AGO, **days},
    )


def test_a_trade_brings_its_sector_and_that_it_is_gongmao(
    enterprise: Enterprise,
) -> None:
    assert applies_to(enterprise, on=TODAY) == {"metallurgy", "gongmao"}


def test_features_count_on_the_days_on_which_they_hold(enterprise: Enterprise) -> None:
    add_feature(enterprise, Feature.DUST)
    add_feature(enterprise, Feature.AMMONIA, ends_on=LONG_AGO)
    assert applies_to(enterprise, on=TODAY) == {"metallurgy", "gongmao", "dust"}


def test_a_trade_outside_gongmao_has_its_features_only(enterprise: Enterprise) -> None:
    enterprise.industry = "C2614"
    add_feature(enterprise, Feature.HAZARDOUS_CHEMICALS)
    assert applies_to(enterprise, on=TODAY) == {"hazardous_chemicals"}


def test_the_checklist_has_what_applies_and_is_in_force(enterprise: Enterprise) -> None:
    add_feature(enterprise, Feature.CONFINED_SPACE)
    clauses = checklist_clauses(enterprise, on=TODAY)
    articles = Counter(each.article.number for each in clauses)
    assert articles == {"3": 3, "4": 8, "13": 2, "14": 1}
    assert checklist_clauses(enterprise, on=LONG_AGO) == ()


def test_it_takes_one_query_however_many_features(
    enterprise: Enterprise, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for feature in Feature:
        add_feature(enterprise, feature)
    with django_assert_num_queries(1):
        checklist_clauses(enterprise, on=TODAY)
