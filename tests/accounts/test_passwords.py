"""Passwords: the sentence about one that is too short, and how they are kept."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.module_loading import import_string

from accounts.passwords import MinimumLengthValidator
from portal import settings as portal_settings
from tests.factories import PASSWORD


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


def test_the_portal_keeps_passwords_by_argon2_at_its_full_cost() -> None:
    # Tests of anything else take a cheaper one: tests/hashing.py.
    hasher = import_string(portal_settings.PASSWORD_HASHERS[0])()
    assert "$argon2id$" in hasher.encode(PASSWORD, hasher.salt())
    assert hasher.memory_cost >= 100 * 1024
    assert hasher.time_cost >= 2
