import datetime as dt
from itertools import pairwise

import pytest

from accounts.codes import regions
from accounts.codes.errors import CodeError
from accounts.codes.regions import Level

TODAY = dt.date(2026, 11, 21)


def test_liaoning_has_fourteen_cities() -> None:
    cities = regions.children("210000", on=TODAY)
    assert [c.code for c in cities] == [f"21{n:02d}00" for n in range(1, 15)]
    assert {c.level for c in cities} == {Level.CITY}


@pytest.mark.parametrize(("city", "count"), [("210100", 13), ("210400", 7)])
def test_the_counties_of_a_city_are_complete(city: str, count: int) -> None:
    assert len(regions.children(city, on=TODAY)) == count


def test_tieling_has_its_two_districts_three_counties_and_two_cities() -> None:
    names = [r.zh for r in regions.children("211200", on=TODAY)]
    assert names == [
        "银州区",
        "清河区",
        "铁岭县",
        "西丰县",
        "昌图县",
        "调兵山市",
        "开原市",
    ]


def test_every_division_lies_in_one_that_is_there() -> None:
    for region in regions.REGIONS:
        if region.level is Level.PROVINCE:
            assert region.parent_code is None
        else:
            assert region.parent_code is not None
            assert regions.check(region.parent_code, on=region.since)


def test_a_code_never_stands_for_two_divisions_on_one_day() -> None:
    for one, other in pairwise(regions.REGIONS):
        assert one.code <= other.code
        if one.code == other.code:
            assert one.until is not None
            assert one.until < other.since


def test_a_renamed_division_has_the_name_of_the_day() -> None:
    assert regions.check("210112", on=dt.date(2014, 6, 16)).zh == "东陵区"
    assert regions.check("210112", on=dt.date(2014, 6, 17)).zh == "浑南区"


def test_a_code_is_read_half_width_and_trimmed() -> None:
    assert regions.check(" ２１１２８１ ", on=TODAY).zh == "调兵山市"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "form"),
        ("21128", "form"),
        ("2112811", "form"),
        ("21128X", "form"),
        ("211299", "unknown"),
        ("210122", "unknown"),  # Liaozhong County, a district since 2016
    ],
)
def test_what_is_no_code_of_the_day_is_refused(text: str, code: str) -> None:
    with pytest.raises(CodeError) as refused:
        regions.check(text, on=TODAY)
    assert refused.value.code == code
    assert str(refused.value)


@pytest.mark.parametrize(
    ("code", "name", "above"),
    [
        ("330106", "西湖区", "330100"),
        ("110105", "朝阳区", "110000"),
        ("419001", "济源市", "410000"),
        ("441900", "东莞市", "440000"),
    ],
)
def test_the_whole_country_is_known_as_it_is_now(
    code: str, name: str, above: str
) -> None:
    region = regions.check(code, on=TODAY)

    assert (region.zh, region.parent_code) == (name, above)
    assert region.confidence == "current"
    assert regions.check(above, on=TODAY).parent_code in (above[:2] + "0000", None)


def test_what_is_known_of_a_codes_history_goes_before_the_list_of_today() -> None:
    assert regions.check("211224", on=TODAY).confidence == "found"
