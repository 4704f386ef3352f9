import datetime as dt

import pytest

from hazards.rules.provisions import PROVISIONS, Confidence, load, provision

INSTRUMENT = """
[instruments.example]
zh = "示例"
en = "Example"
since = 2020-01-01
until = 2025-12-31
"""


def article(key: str, *extra: str) -> str:
    lines = (f'key = "{key}"', 'zh = "条"', 'en = "Article"', 'confidence = "found"')
    return "\n".join(("[[provisions]]", *lines, *extra, ""))


@pytest.mark.parametrize(
    "key",
    [
        "circular-2025-11/item-10",
        "order-16/art-14",
        "order-16/art-26",
        "work-safety-law-2021/art-41",
        "work-safety-law-2021/art-94",
        "work-safety-law-2021/art-101",
        "penalty-law-2021/art-37",
    ],
)
def test_what_the_quarterly_report_rests_on_can_be_cited(key: str) -> None:
    assert provision(key).in_force_on(dt.date(2026, 11, 21))


def test_every_provision_speaks_both_languages_and_names_its_source() -> None:
    for key, cited in PROVISIONS.items():
        assert cited.key == key
        assert key.startswith(cited.source.key + "/")
        assert cited.zh
        assert cited.en
        assert cited.source.zh
        assert cited.source.en


def test_the_circular_is_not_in_force_before_its_date() -> None:
    item = provision("circular-2025-11/item-10")
    assert item.confidence is Confidence.FOUND
    assert not item.in_force_on(dt.date(2025, 2, 26))
    assert item.in_force_on(dt.date(2025, 2, 27))


def test_an_article_without_dates_has_those_of_its_instrument() -> None:
    cited = load(INSTRUMENT + article("example/art-1"))["example/art-1"]
    assert cited.in_force_on(dt.date(2025, 12, 31))
    assert not cited.in_force_on(dt.date(2026, 1, 1))


def test_an_article_may_have_dates_of_its_own() -> None:
    text = INSTRUMENT + article("example/art-1", "since = 2022-01-01")
    cited = load(text)["example/art-1"]
    assert not cited.in_force_on(dt.date(2021, 12, 31))


@pytest.mark.parametrize(
    "text",
    [article("other/art-1"), article("example/art-1") + article("example/art-1")],
)
def test_an_article_of_nothing_or_there_twice_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must name an instrument and be there once"):
        load(INSTRUMENT + text)


def test_a_key_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="knows no provision 'order-16/art-99'"):
        provision("order-16/art-99")
