"""
Whatever stands behind the question mark, an address answers with a page, "not found"
or "not understood", and asks the database no more than for a plain visit (promise S22).
"""

import ast
import re
import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.access.table import ROWS, Row
from tests.access.world import World
from tests.factories import signed_in
from tests.repository.sources import modules, tree

pytestmark = pytest.mark.django_db

# Those without a number or a name in them: lists, searches, empty forms.
PAGES = [
    row
    for row in ROWS
    if row.method == "get" and row.enter and row.kwargs is Row.kwargs
]
HOSTILE = [
    "",
    "-1",
    "30000",
    "9" * 400,
    "nan",
    "1783339200.000001~99999999999999999999999",
    "-62135596801~1",
    "inf~1",
    "2026-13-45",
    "0001-01-01",
    "9999-12-31",
    "0001Q1",
    "9999Q4",
    "1",
    "2026Q9",
    "00000000-0000-0000-0000-000000000000",
    "a\0b",
    "\ud800",
    "\u202e%_\\'\";--",
    "隐" * 3000,
    "{{7*7}}[]()*+?.^$|",
    "received",
]
ANSWERS = {200, 302, 400, 404, 422}


def parameters() -> set[str]:
    """Every name that a view, or a form it reads, takes from the query string."""
    return {*_asked_for(), "page", "status", "quarter", "year", "sort", "membership"}


def _asked_for() -> Iterator[str]:
    for path in modules("accounts", "hazards", "portal"):
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func) == "request.GET.get"
                and isinstance(node.args[0], ast.Constant)
            ):
                yield str(node.args[0].value)


def shown_on(page: str) -> set[str]:
    """The names that a page itself sends: of its fields and of its links."""
    return {
        *re.findall(r'<(?:input|select)[^>]* name="(\w+)"', page),
        *re.findall(r"[?&;](\w+)=", page),
    }


def behind(names: set[str], value: str) -> str:
    quoted = urllib.parse.quote(value.encode("utf-8", "surrogatepass"))
    return "&".join(f"{name}={quoted}" for name in sorted(names))


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.name)
def test_a_hostile_query_string_is_answered_and_costs_nothing(
    row: Row, world: World
) -> None:
    client = Client(raise_request_exception=False)
    signed_in(world.actors[sorted(row.enter)[0]], client=client)
    url = reverse(row.name)
    plain, first = _visit(client, url)
    names = parameters() | shown_on(first.content.decode(errors="replace"))

    for value in HOSTILE:
        asked, answer = _visit(client, f"{url}?{behind(names, value)}")

        assert answer.status_code in ANSWERS, value
        # Keys that are read before they are believed cost a question or two.
        assert asked <= plain + 3, value


def test_a_parameter_sent_many_times_is_answered(world: World) -> None:
    client = Client(raise_request_exception=False)
    signed_in(world.actors["reviewer"], client=client)
    often = "&".join(f"{name}=x" for name in sorted(parameters()) for _ in range(100))

    for row in PAGES:
        if "reviewer" in row.enter:
            answer = client.get(f"{reverse(row.name)}?{often}")
            assert answer.status_code in ANSWERS, row.name


def test_every_list_is_among_them() -> None:
    names = {row.name for row in PAGES}
    assert {"review-queue", "reports", "inspections", "enterprises", "notices"} <= names


def _visit(client: Client, url: str) -> tuple[int, Any]:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    return len(captured), answer
