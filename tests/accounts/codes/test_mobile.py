from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.codes import mobile
from accounts.codes.errors import CodeError

numbers = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        " 138 0013 8000 ",
        "138-0013-8000",
        "138–0013–8000",
        "+8613800138000",
        "+86 138 0013 8000",
        "008613800138000",
        "8613800138000",
        "＋８６ １３８－００１３－８０００",
        "1380013\u30008000",
    ],
)
def test_a_number_is_brought_into_its_eleven_digits(text: str) -> None:
    assert mobile.check(text) == "13800138000"


@given(numbers, st.sampled_from(["", "+86", "86", "0086", "+86 "]))
def test_every_mainland_number_is_accepted_with_or_without_its_country(
    number: str, country: str
) -> None:
    assert mobile.check(country + number) == number


@given(st.text("0123456789+-－０１８ ６", max_size=20))
def test_any_text_is_either_a_number_or_refused(text: str) -> None:
    with suppress(CodeError):
        number = mobile.check(text)
        assert mobile.check(number) == number
        assert len(number) == 11


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "length"),
        ("1380013800", "length"),
        ("138001380001", "length"),
        ("+861380013800", "length"),
        ("12800138000", "prefix"),
        ("02412345678", "prefix"),
        ("86138001380", "prefix"),
        ("1380013800x", "characters"),
        ("138٠٠138000", "characters"),
        ("+85261234567", "country"),
        ("0085261234567", "country"),
    ],
)
def test_what_is_wrong_has_a_reason_of_its_own(text: str, code: str) -> None:
    with pytest.raises(CodeError) as refused:
        mobile.check(text)
    assert refused.value.code == code
    assert str(refused.value)
