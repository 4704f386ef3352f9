"""How an article is cited on pages and in documents."""

import pytest
from django.utils import translation

from hazards.rules.provisions import PROVISIONS
from hazards.services.case_documents import _number
from hazards.templatetags.standards import article_cited

INSERTED = "criminal-law-amendment-11/art-134-1"
ITEM = "work-safety-law-2021/art-99-2"


@pytest.mark.parametrize(
    ("key", "zh", "en", "printed"),
    [
        (INSERTED, "第一百三十四条之一", "art. 134-1", "第134条之一"),
        (ITEM, "第九十九条第（二）项", "art. 99(2)", "第99条第（2）项"),
        ("order-16/art-14", "第十四条", "art. 14", "第14条"),
    ],
)
def test_an_inserted_article_is_no_item(
    key: str, zh: str, en: str, printed: str
) -> None:
    with translation.override("zh-hans"):
        assert article_cited(PROVISIONS[key]) == zh
    with translation.override("en"):
        assert article_cited(PROVISIONS[key]) == en
    assert _number(key) == printed
