from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.codes import uscc
from accounts.codes.errors import CodeError

REAL = [
    "91330100799655058B",
    "9144030071526726XG",
    "914403001922038216",
    "91110000802100433B",
    "91310000132260250X",
]
organisations = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8)
codes = st.builds(uscc.make, organisations, region=st.just("211281"))


def reason(text: str) -> str:
    with pytest.raises(CodeError) as refused:
        uscc.check(text)
    assert str(refused.value)
    return refused.value.code


@pytest.mark.parametrize("code", REAL)
def test_codes_of_real_enterprises_are_accepted(code: str) -> None:
    assert uscc.check(code) == code
    assert uscc.check_digit(code[:17]) == code[17]
    assert uscc.has_usual_organisation_code(code)


@pytest.mark.parametrize(
    "text",
    [
        "  91330100799655058B\n",
        "91330100799655058b",
        "９１３３０１００７９９６５５０５８Ｂ",
        "\u300091330100799655058ｂ\u3000",
    ],
)
def test_a_code_is_brought_into_its_normal_form(text: str) -> None:
    assert uscc.check(text) == "91330100799655058B"


@given(codes)
def test_a_code_made_for_the_demonstration_is_valid(code: str) -> None:
    assert uscc.check(code) == code
    assert uscc.has_usual_organisation_code(code)


@given(codes, st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_one_mistyped_character_is_always_caught(
    code: str, place: int, typed: str
) -> None:
    assume(code[place] != typed)
    assert reason(code[:place] + typed + code[place + 1 :]) == "check-digit"


@given(codes, st.integers(0, 16))
def test_two_neighbours_exchanged_are_always_caught(code: str, place: int) -> None:
    assume(code[place] != code[place + 1])
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert reason(swapped) == "check-digit"


@given(st.text(max_size=25) | st.text("0123IOSVZ９Ａb -", min_size=15, max_size=19))
def test_any_text_is_either_a_code_or_refused(text: str) -> None:
    with suppress(CodeError):
        code = uscc.check(text)
        assert uscc.check(code) == code
        assert set(code) <= set(uscc.ALPHABET)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "length"),
        ("91330100799655058", "length"),
        ("91330100799655058BB", "length"),
        ("9133 0100 7996 5505 8B", "length"),
        ("330100000012345", "old-number"),
        ("9133010079965505-B", "characters"),
        ("9133010079965505中B", "characters"),
        ("9133010079965505٨B", "characters"),
        ("9133010079965505ßB", "characters"),
        ("91330100799655058A", "check-digit"),
    ],
)
def test_what_is_wrong_has_a_reason_of_its_own(text: str, code: str) -> None:
    assert reason(text) == code


def test_look_alike_letters_are_named_with_the_code_that_was_meant() -> None:
    with pytest.raises(CodeError) as refused:
        uscc.check("9I3301OO799655058B")
    assert refused.value.code == "letters"
    assert "contains I, O. Did you mean 91330100799655058B?" in str(refused.value)


def test_look_alike_letters_that_make_no_code_are_explained() -> None:
    with pytest.raises(CodeError) as refused:
        uscc.check("9V330100799655058S")
    assert refused.value.params == {"letters": "S, V", "suggestion": ""}
    assert "5 for S" in str(refused.value)


@pytest.mark.parametrize("first17", ["", "9133010079965505", "91330100799655O58"])
def test_a_check_character_needs_seventeen_good_ones(first17: str) -> None:
    with pytest.raises(CodeError):
        uscc.check_digit(first17)


@pytest.mark.parametrize("first8", ["", "1234567", "12345S78"])
def test_an_organisation_check_needs_eight_good_ones(first8: str) -> None:
    with pytest.raises(CodeError):
        uscc.organisation_check(first8)


@pytest.mark.parametrize(
    ("first8", "ninth"),
    [("79965505", "8"), ("71526726", "X"), ("13226025", "0"), ("80210043", "3")],
)
def test_an_organisation_check_is_that_of_the_standard(first8: str, ninth: str) -> None:
    assert uscc.organisation_check(first8) == ninth


def test_an_unusual_organisation_code_is_told_and_not_refused() -> None:
    first17 = "91330100799655059"
    code = uscc.check(first17 + uscc.check_digit(first17))
    assert not uscc.has_usual_organisation_code(code)


def test_a_refusal_fills_a_validation_error() -> None:
    with pytest.raises(CodeError) as refused:
        uscc.check("123")
    error = refused.value
    shown = ValidationError(error.message, code=error.code, params=error.params)
    assert shown.messages == [str(error)]
    assert "this one has 3" in str(error)
