"""The sentence about a password that is too short, in both languages."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts.passwords import MinimumLengthValidator


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "This password is too short: use at least 10 characters."),
        ("zh-hans", "密码太短，至少 10 个字符。"),
    ],
)
def test_a_short_password_is_refused_in_the_readers_language(
    language: str, sentence: str
) -> None:
    with translation.override(language), pytest.raises(ValidationError) as refused:
        MinimumLengthValidator(10).validate("short")
    assert refused.value.messages == [sentence]
