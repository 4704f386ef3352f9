"""The pages of the determination standards."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Acting, Enterprise, HazardFeature, Role
from accounts.models.enterprises import Feature
from hazards.rules.catalogue import CLAUSES, Clause
from tests.database.stages import stage
from tests.factories import (
    LONG_AGO,
    NOW,
    make_acting,
    make_bureau,
    make_enterprise,
    queries_of,
    signed_in,
)

pytestmark = pytest.mark.django_db

INDEX = "standards"


@stage
def clerk(db: None) -> Acting:
    """Of a foundry, C3130, with ammonia."""
    enterprise = make_enterprise(name="开原铸造有限公司")
    add_feature(enterprise, Feature.AMMONIA)
    return make_acting(Role.CLERK, enterprise=enterprise, on=timezone.localdate())


@stage
def head(db: None) -> Acting:
    return make_acting(Role.BUREAU_HEAD, bureau=make_bureau(), on=timezone.localdate())


def add_feature(enterprise: Enterprise, feature: Feature) -> None:
    HazardFeature.objects.create(
        enterprise=enterprise, feature=feature, starts_on=LONG_AGO, recorded_at=NOW
    )


def page(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def linked(html: str) -> list[str]:
    """The clauses that a page links to, in its order."""
    return re.findall(r"/standards/(order[a-z0-9-]+)/", html)


def address_of(clause: Clause) -> str:
    return reverse("standard-clause", args=[clause.slug])


def test_an_enterprise_sees_first_what_applies_to_it(clerk: Acting) -> None:
    html = page(signed_in(clerk), reverse(INDEX))
    assert "Applies to 开原铸造有限公司" in html
    applying, others = html.split("Other clauses")
    assert len(linked(applying)) == 3 + 8 + 2 + 1
    assert len(linked(applying)) + len(linked(others)) == 105
    assert "Article 12: Ammonia refrigeration" in applying


def test_a_bureau_sees_one_list_of_all(head: Acting) -> None:
    html = page(signed_in(head), reverse(INDEX))
    assert "Applies to" not in html
    assert len(linked(html)) == 105


def test_a_clause_is_found_by_its_number(head: Acting) -> None:
    html = page(signed_in(head), reverse(INDEX), q="第四条第（三）项")
    assert linked(html) == ["order-10-2023-4-3"]
    assert "1 clause found." in html


def test_a_search_without_an_answer_says_what_to_do(head: Acting) -> None:
    html = page(signed_in(head), reverse(INDEX), q="<b>长颈鹿")
    assert "No clause found" in html
    assert "&lt;b&gt;长颈鹿" in html


def test_a_page_shows_criterion_remedy_and_what_follows(clerk: Acting) -> None:
    html = page(
        signed_in(clerk), reverse("standard-clause", args=["order-10-2023-3-2"])
    )
    assert "特种作业人员未按照规定" in html
    assert "Translation, for reading only" in html
    assert "Take uncertified workers off the job" in html
    assert "art. 97(7)" in html
    assert "100,000 yuan" in html
    assert "art. 94" in html
    assert "item 10" in html
    assert "applies to your enterprise" in html
    assert "to be checked against the gazette" not in html


def test_a_page_in_chinese_numbers_as_the_law_does(clerk: Acting) -> None:
    client = signed_in(clerk)
    client.cookies["django_language"] = "zh-hans"
    html = page(client, reverse("standard-clause", args=["order-10-2023-3-2"]))
    assert "第三条第（二）项" in html
    assert "第九十七条第（七）项" in html
    assert "第一百零二条" in html
    assert "无证人员" in html
    assert "Take uncertified workers" not in html


def test_what_was_only_recalled_says_so_in_list_and_page(head: Acting) -> None:
    client = signed_in(head)
    recalled = reverse("standard-clause", args=["order-10-2023-11-6"])
    for html in (page(client, reverse(INDEX), q="11(6)"), page(client, recalled)):
        assert "to be checked against the gazette" in html


def test_a_clause_that_is_not_there_is_404(head: Acting) -> None:
    address = reverse("standard-clause", args=["order-10-2023-99"])
    assert signed_in(head).get(address).status_code == 404


def test_every_clause_has_a_page(clerk: Acting) -> None:
    client = signed_in(clerk)
    for clause in CLAUSES.values():
        assert clause.zh in page(client, address_of(clause))


def test_the_number_of_queries_does_not_grow(clerk: Acting) -> None:
    client, index = signed_in(clerk), reverse(INDEX)
    few = queries_of(client, f"{index}?q=4(3)")
    assert clerk.enterprise is not None
    add_feature(clerk.enterprise, Feature.DUST)
    add_feature(clerk.enterprise, Feature.FIREWORKS)
    assert queries_of(client, index) == few
