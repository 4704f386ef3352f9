"""Whoever reads the logs learns no person's details and cannot follow a link."""

import logging

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from portal.logs import LineFormatter
from tests.factories import make_user, stranger

TOKEN = "x1-secret:token_2"


def with_a_token() -> list[str]:
    """Return the name of every address of ours that lets somebody in."""
    found: list[str] = []
    for resolver in get_resolver().url_patterns:
        if getattr(resolver, "urlconf_name", None) is None:
            continue
        found += [
            str(pattern.name)
            for pattern in getattr(resolver, "url_patterns", [])
            if isinstance(pattern, URLPattern) and "token" in pattern.pattern.converters
        ]
    return found


def lines(caplog: pytest.LogCaptureFixture) -> str:
    formatter = LineFormatter("%(message)s")
    return "\n".join(formatter.format(record) for record in caplog.records)


@pytest.mark.django_db
@pytest.mark.parametrize("name", with_a_token())
def test_a_one_time_link_is_not_in_the_log(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    address = reverse(name, args=[TOKEN])
    stranger().get(address)
    Client(enforce_csrf_checks=True).post(address)

    said = lines(caplog)
    assert TOKEN in caplog.text
    assert TOKEN not in said
    assert "/…/" in said


def test_every_one_time_link_is_known() -> None:
    assert set(with_a_token()) == {"accept-invitation", "recover"}


@pytest.mark.django_db
def test_the_values_of_a_refused_row_are_not_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    number = "13912345678"
    make_user(mobile=number)
    try:
        with transaction.atomic():
            make_user(mobile=number)
    except IntegrityError:
        logging.getLogger("django.request").exception("Internal Server Error")

    assert number in caplog.text
    said = lines(caplog)
    assert "duplicate key" in said
    assert number not in said
