"""Every address, as everybody: promise S6 (out of sight is 404, not allowed 403)."""

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access.table import ROWS, Row
from tests.access.world import EVERYBODY, World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "row", ROWS, ids=[f"{n}-{row.method}-{row.name}" for n, row in enumerate(ROWS)]
)
def test_each_gets_what_the_table_says(row: Row, world: World) -> None:
    url = reverse(row.name, kwargs=row.kwargs(world))
    fields = row.fields(world)

    seen = {}
    for actor in (*sorted(EVERYBODY), "unattached", "anonymous"):
        # Not atomic(): what insists on being outermost must find itself so.
        before = transaction.savepoint()
        seen[actor] = world.ask(actor, url, method=row.method, fields=fields)
        transaction.savepoint_rollback(before)

    assert seen == {
        **dict.fromkeys(EVERYBODY, "404"),
        **dict.fromkeys(row.refused, "403"),
        **dict.fromkeys(row.enter, "in"),
        "unattached": row.unattached,
        "anonymous": row.anonymous,
    }


def test_the_table_has_every_address() -> None:
    assert _names(get_resolver()) == {row.name for row in ROWS}


def _names(resolver: URLResolver) -> set[str]:
    names = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            assert entry.name, f"{entry.pattern} needs a name, to stand in the table"
            names.add(entry.name)
        else:
            names |= _names(entry)
    return names
