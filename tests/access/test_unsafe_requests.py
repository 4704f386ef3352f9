"""Promise S15: nothing changes without our own form, and looking changes nothing."""

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from psycopg import sql

from tests.access.table import ROWS, Row
from tests.access.world import World
from tests.factories import signed_in

POSTS = [row for row in ROWS if row.method == "post"]
GETS = [row for row in ROWS if row.method == "get" and row.enter]
# A session may be prolonged by looking; it says nothing about anybody's duty.
NOT_RECORDS = {"django_session"}

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("row", POSTS, ids=lambda row: row.name)
def test_a_form_without_its_token_is_refused(row: Row, world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    actor = sorted(row.enter)[0] if row.enter else "clerk"
    signed_in(world.actors[actor], client=client)
    url, fields = reverse(row.name, kwargs=row.kwargs(world)), row.fields(world)
    before = _records()

    response = client.post(url, fields)

    assert response.status_code == 403
    assert _records() == before


@pytest.mark.parametrize("row", GETS, ids=lambda row: row.name)
def test_looking_changes_nothing(row: Row, world: World) -> None:
    client = Client()
    signed_in(world.actors[sorted(row.enter)[0]], client=client)
    before = _records()

    client.get(reverse(row.name, kwargs=row.kwargs(world)))

    after = _records()
    assert {table for table in after if after[table] != before[table]} == row.leaves


def _records() -> dict[str, str]:
    """A digest of every table."""
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    }
    digest = sql.SQL(
        "SELECT {}, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
        " FROM {} t"
    )
    # One question for all: most tables are empty, and asking costs more than counting.
    every = sql.SQL(" UNION ALL ").join(
        digest.format(sql.Literal(table), sql.Identifier(table))
        for table in sorted(tables - NOT_RECORDS)
    )
    with connection.cursor() as cursor:
        cursor.execute(every)
        return dict(cursor.fetchall())
