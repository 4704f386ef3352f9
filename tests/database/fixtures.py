"""
Each test process's own database, and connections to it beside Django's.

The databases are made from a template that the owner's role migrated once.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest
from django.core.cache import cache
from psycopg import sql
from pytest_django import DjangoDbBlocker

from portal.stack.postgres import APPLICATION, OWNER, Postgres
from portal.stack.processes import last_lines
from portal.stack.schema import shape
from portal.stack.state import ROOT
from tests.database.stages import STAGES
from tests.servers import database_name, postgres


def make_template(server: Postgres) -> str:
    """Make the migrated template unless an earlier run did; return its name.

    :raises AssertionError: with the output of a migration that fails
    """
    name = f"template_{shape()}"
    with server.connect() as connection:
        # Parallel workers come here together; one makes it, the others wait.
        connection.execute("SELECT pg_advisory_lock(1)")
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(known, [name]).fetchone():
            return name
        unfinished = f"{name}_unfinished"
        _drop(connection, unfinished)
        server.make_database(connection, unfinished)
        server.make_extensions(unfinished)
        _migrate(server, unfinished)
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                sql.Identifier(unfinished), sql.Identifier(name)
            )
        )
    return name


def _migrate(server: Postgres, database: str) -> None:
    log = server.state.logs / "migrate.log"
    with log.open("wb") as output:
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity=1"],
            cwd=ROOT,
            env={
                **os.environ,
                "PORTAL_ROLE": "owner",
                "DATABASE_OWNER_URL": server.url(OWNER, database),
            },
            stdout=output,
            stderr=output,
            check=False,
        )
    assert done.returncode == 0, f"migrate failed:\n{last_lines(log, 40)}"


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
    """Give this process a database of its own, made from the template."""
    server = postgres()
    template = make_template(server)
    with server.connect() as connection:
        connection.execute("SELECT pg_advisory_lock(1)")  # one copy at a time
        _drop(connection, database_name())
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                *map(sql.Identifier, (database_name(), template, OWNER))
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
