import datetime as dt
from collections import Counter

import pytest

from accounts.codes.industries import SECTORS
from accounts.models.enterprises import Feature
from hazards.rules.catalogue import (
    CLAUSES,
    GONGMAO,
    Clause,
    applicable,
    by_slug,
    clause,
    in_force,
    load,
    search,
)
from hazards.rules.catalogue.numbers import in_chinese, number_in
from hazards.rules.provisions import Confidence, provision

TODAY = dt.date(2026, 11, 22)
EACH = pytest.mark.parametrize("each", CLAUSES.values(), ids=CLAUSES.keys())

STANDARD = """
[standard]
key = "example-2020"
number = "示例"
zh = "示例"
en = "Example"
regulator = "emergency"
since = 2020-01-01
source = "示例"
consequences = ["CONSEQUENCE"]

[articles.1]
zh = "一"
en = "One"
applies_to = ["dust"]
"""
ENTRY = """
[[clauses]]
number = "1(1)"
article = "1"
zh = "甲"
en = "A"
remedy_zh = "改"
remedy_en = "Mend"
confidence = "found"
"""


def example(consequence: str = "order-16/art-26") -> str:
    return STANDARD.replace("CONSEQUENCE", consequence)


def codes(clauses: tuple[Clause, ...]) -> list[str]:
    return [each.code for each in clauses]


def test_the_standards_are_complete() -> None:
    counts = Counter(each.standard.key for each in CLAUSES.values())
    assert counts == {
        "order-10-2023": 64 + 1,
        "order-121-2017-chemicals": 20,
        "order-121-2017-fireworks": 20,
    }
    by_article = Counter(
        each.article.number
        for each in CLAUSES.values()
        if each.standard.key == "order-10-2023"
    )
    sectors = sum(by_article[str(number)] for number in range(4, 11))
    features = sum(by_article[str(number)] for number in range(11, 14))
    # Managing, the seven sectors with their features: 3 + 47 + 14.
    assert (by_article["3"], sectors, features) == (3, 47, 14)


def test_every_address_is_one() -> None:
    assert len({each.slug for each in CLAUSES.values()}) == len(CLAUSES)
    assert clause("order-10-2023/3(1)").slug == "order-10-2023-3-1"


@EACH
def test_a_clause_says_all_that_its_page_shows(each: Clause) -> None:
    for text in (each.zh, each.en, each.remedy_zh, each.remedy_en, each.article.zh):
        assert text == text.strip() != ""
    assert clause(each.code) is by_slug(each.slug) is each
    assert each.standard.since <= each.since
    assert each.standard.regulator == "emergency"


@EACH
def test_every_consequence_is_a_provision_in_force(each: Clause) -> None:
    assert "circular-2025-11/item-10" in each.consequences
    assert len(set(each.consequences)) == len(each.consequences)
    for key in each.consequences:
        assert provision(key).in_force_on(TODAY)


@EACH
def test_a_clause_is_for_sectors_and_features_there_are(each: Clause) -> None:
    known = {sector.key for sector in SECTORS} | set(Feature.values) | {GONGMAO}
    assert each.applies_to
    assert each.applies_to <= known


@EACH
def test_its_own_number_finds_a_clause_first(each: Clause) -> None:
    assert search(each.number, on=TODAY, applies=each.applies_to)[0] is each
    assert search(each.code, on=TODAY)[0] is each


@EACH
def test_its_number_in_chinese_is_read_back(each: Clause) -> None:
    assert number_in(each.number_zh) == each.number


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (7, "七"),
        (10, "十"),
        (26, "二十六"),
        (94, "九十四"),
        (100, "一百"),
        (102, "一百零二"),
        (113, "一百一十三"),
    ],
)
def test_numbers_are_written_as_laws_do(number: int, written: str) -> None:
    assert in_chinese(number) == written


@pytest.mark.parametrize(
    "written",
    [
        "4(3)",
        "４（3）",
        " 第四条第（三）项 ",
        "第四条（三）",
        "第4条第3项",
        "4.3",
        "4-3",
    ],
)
def test_a_number_is_found_however_it_is_written(written: str) -> None:
    assert codes(search(written, on=TODAY)) == ["order-10-2023/4(3)"]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("第十四条", "14"),
        ("第十一条第（十）项", "11(10)"),
        ("第二十项", "20"),
        ("第十三条二项", "13(2)"),
        ("art. 14", "14"),
        ("07", "7"),
        ("", ""),
        ("121", ""),
        ("四三", "0"),
        ("粉尘", ""),
    ],
)
def test_chinese_numbers_are_read(written: str, number: str) -> None:
    assert number_in(written) == number


def test_the_number_of_an_article_finds_all_of_it() -> None:
    found = codes(search("第十二条", on=TODAY, applies={"fireworks"}))
    assert found == [
        "order-121-2017-fireworks/12",
        "order-121-2017-chemicals/12",
        "order-10-2023/12(1)",
        "order-10-2023/12(2)",
    ]


def test_all_words_must_occur_in_chinese_or_english() -> None:
    assert codes(search("锁气卸灰", on=TODAY)) == ["order-10-2023/11(6)"]
    assert codes(search("Phosphine  MASKS", on=TODAY)) == ["order-10-2023/10(1)"]
    assert search("phosphine zebra", on=TODAY) == ()


def test_a_number_that_no_clause_has_is_searched_for_as_words() -> None:
    assert codes(search("30", on=TODAY)) == [
        "order-10-2023/4(8)",
        "order-10-2023/5(13)",
    ]


def test_what_applies_stands_first() -> None:
    found = search("考核合格", on=TODAY, applies={"fireworks"})
    assert codes(found) == [
        "order-121-2017-fireworks/1",
        "order-10-2023/3(3)",
        "order-121-2017-chemicals/1",
    ]


def test_no_words_find_everything() -> None:
    found = search(" ", on=TODAY, applies={"hazardous_chemicals"})
    assert len(found) == 105
    assert {each.standard.key for each in found[:20]} == {"order-121-2017-chemicals"}


def test_what_applies_to_a_machine_works_with_dust() -> None:
    found = applicable({"machinery", GONGMAO, "dust"}, on=TODAY)
    articles = Counter(each.article.number for each in found)
    assert articles == {"3": 2, "7": 7, "11": 10, "14": 1}


def test_no_standard_is_in_force_before_its_date() -> None:
    keys = {each.standard.key for each in in_force(dt.date(2023, 5, 14))}
    assert keys == {"order-121-2017-chemicals", "order-121-2017-fireworks"}
    assert in_force(dt.date(2017, 11, 12)) == ()
    assert len(in_force(dt.date(2023, 5, 15))) == 105


def test_a_clause_may_have_dates_of_its_own() -> None:
    (each,) = load(example() + ENTRY + "since = 2021-01-01\nuntil = 2021-12-31\n")
    assert not each.in_force_on(dt.date(2020, 12, 31))
    assert each.in_force_on(dt.date(2021, 12, 31))
    assert not each.in_force_on(dt.date(2022, 1, 1))


def test_what_was_only_recalled_is_marked() -> None:
    assert clause("order-10-2023/6(1)").confidence is Confidence.FOUND
    assert clause("order-10-2023/11(1)").confidence is Confidence.RECALLED
    # Only their beginnings were found.
    assert clause("order-10-2023/4(4)").confidence is Confidence.RECALLED
    assert clause("order-10-2023/7(3)").confidence is Confidence.RECALLED


def test_a_lead_in_narrows_its_article() -> None:
    assert "粉尘爆炸危险" in clause("order-10-2023/11(1)").lead_zh
    assert "ammonia" in clause("order-10-2023/12(1)").lead_en
    assert clause("order-10-2023/3(1)").lead_zh == ""


def test_a_clause_there_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="must be there once"):
        load(example() + ENTRY + ENTRY)


def test_a_consequence_the_rulebook_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="knows no provision"):
        load(example("order-16/" + "art-99") + ENTRY)


def test_a_clause_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="knows no clause 'order-10-2023/99'"):
        clause("order-10-2023/99")
    with pytest.raises(ValueError, match="knows no clause at 'nothing'"):
        by_slug("nothing")
