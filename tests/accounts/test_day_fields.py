"""Days and instants of the years that people mean; of others, one sentence."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts.forms.fields import DayField, InstantField


@pytest.mark.parametrize("day", ["1900-01-01", "2026-07-16", "2099-12-31"])
def test_a_day_that_can_be_meant_is_taken(day: str) -> None:
    assert DayField().clean(day) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    "day", ["0001-01-01", "0026-07-16", "1899-12-31", "2100-01-01", "9999-12-31"]
)
def test_a_year_that_is_a_slip_is_named_in_a_sentence(day: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        DayField().clean(day)
    assert refused.value.messages == [
        f"{day} cannot be meant: check the year, from 1900 to 2099."
    ]
    with pytest.raises(ValidationError, match="1900"):
        InstantField().clean(f"{day}T12:00:00+08:00")


def test_an_instant_that_a_device_says_is_taken() -> None:
    said = InstantField().clean("2026-07-16T12:00:00+08:00")
    assert said == dt.datetime.fromisoformat("2026-07-16T12:00:00+08:00")
