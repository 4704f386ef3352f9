"""
Each test process's own database, and connections to it beside Django's.

The databases are copied from one that the owner's role migrated (tests/clusters.py).
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest
from django.core.cache import cache
from psycopg import sql
from pytest_django import DjangoDbBlocker

from portal.stack.postgres import APPLICATION, DATABASE, OWNER
from tests.database.stages import STAGES
from tests.servers import database_name, postgres


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    pytestconfig: pytest.Config,
) -> Iterator[None]:
    """Give this process a database of its own, a copy of the migrated one."""
    server = postgres()
    with server.connect() as connection:
        connection.execute("SELECT pg_advisory_lock(1)")  # one copy at a time
        _drop(connection, database_name())
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                *map(sql.Identifier, (database_name(), DATABASE, OWNER))
            )
        )
    yield
    with django_db_blocker.unblock():
        pytestconfig.stash[STAGES].clear()
    with server.connect() as connection:
        _drop(connection, database_name())


@pytest.fixture
def as_superuser(db: None) -> Iterator[psycopg.Connection]:
    """Connect to this test's database past all rights; sees committed rows only."""
    with postgres().connect(database_name()) as connection:
        yield connection


@pytest.fixture
def application_connection(db: None) -> Iterator[Callable[[], psycopg.Connection]]:
    """Return what opens connections as the application logs in; committed rows only."""
    with ExitStack() as opened:
        url = postgres().url(APPLICATION, database_name())
        yield lambda: opened.enter_context(psycopg.connect(url))


@pytest.fixture(autouse=True)
def _nothing_cached() -> Iterator[None]:
    """Let no test lean on what another left in the cache."""
    yield
    cache.clear()
