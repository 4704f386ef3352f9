import pytest

from accounts.codes import industries
from accounts.codes.errors import CodeError


def test_the_divisions_run_from_01_to_97_in_twenty_sections() -> None:
    assert list(industries.DIVISIONS) == [f"{n:02d}" for n in range(1, 98)]
    sections = [d.section for d in industries.DIVISIONS.values()]
    assert sections == sorted(sections)
    assert "".join(dict.fromkeys(sections)) == "ABCDEFGHIJKLMNOPQRST"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("C25", "C25"),
        ("C251", "C251"),
        ("C2511", "C2511"),
        ("2511", "C2511"),
        (" ｃ２５１１ ", "C2511"),
        ("a01", "A01"),
        ("97", "T97"),
    ],
)
def test_a_code_is_brought_into_its_normal_form(text: str, code: str) -> None:
    assert industries.check(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "form"),
        ("C", "form"),
        ("C2", "form"),
        ("C25111", "form"),
        ("U25", "form"),
        ("C٢٥", "form"),
        ("00", "unknown"),
        ("T98", "unknown"),
        ("B25", "section"),
    ],
)
def test_what_is_wrong_has_a_reason_of_its_own(text: str, code: str) -> None:
    with pytest.raises(CodeError) as refused:
        industries.check(text)
    assert refused.value.code == code
    assert str(refused.value)


def test_a_code_has_its_division_and_section() -> None:
    division = industries.division("3110")
    assert (division.zh, division.section_zh) == ("黑色金属冶炼和压延加工业", "制造业")


@pytest.mark.parametrize(
    ("code", "sector"),
    [
        ("C31", "metallurgy"),
        ("C3240", "nonferrous"),
        ("C30", "building_materials"),
        ("C3011", "building_materials"),
        ("C307", "building_materials"),
        ("C3071", "building_materials"),
        ("C305", "light_industry"),
        ("C3051", "light_industry"),
        ("C3073", "light_industry"),
        ("C3079", "light_industry"),
        ("C40", "machinery"),
        ("C41", "light_industry"),
        ("C43", "machinery"),
        ("C17", "textiles"),
        ("C16", "tobacco"),
        ("F52", "commerce"),
        ("C26", None),
        ("B06", None),
    ],
)
def test_a_trade_suggests_its_sector(code: str, sector: str | None) -> None:
    proposed = industries.proposed_sector(code)
    assert (proposed.key if proposed else None) == sector


def test_no_code_suggests_two_sectors() -> None:
    codes = [code for sector in industries.SECTORS for code in sector.codes]
    assert len(codes) == len(set(codes))
