"""Servers of the benchmark's own, and databases in them that are dropped again."""

import http.client
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import dj_database_url
import psycopg
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from psycopg import sql

from accounts.models import User
from portal.benchmark.measures import require
from portal.stack import processes
from portal.stack.postgres import APPLICATION, DATABASE, OWNER, Postgres
from portal.stack.schema import shape
from portal.stack.servers import environment_for
from portal.stack.state import ROOT, State, state_that_is_free
from portal.stack.up import command
from portal.stack.valkey import Valkey

_ROOM_FOR_WAL = "8GB"


class Servers:
    """A throwaway PostgreSQL and Valkey; the database `portal` is an empty schema."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.postgres = Postgres(state, throwaway=True)
        self.valkey = Valkey(state)

    def start(self) -> None:
        """
        Start both, and migrate an empty database, from which others are copied, unless
        an earlier run left one of this shape.
        """
        self.postgres.start()
        self.valkey.start()
        with self.postgres.connect() as connection_:
            connection_.execute(f"ALTER SYSTEM SET max_wal_size = '{_ROOM_FOR_WAL}'")
            connection_.execute("SELECT pg_reload_conf()")
        if self.mark_of(DATABASE) == shape():
            return
        self.postgres.make_empty_again()
        _, owner = environment_for(self.state, self.postgres, self.valkey)
        command(["migrate", "--verbosity=0"], owner, self.state, "migrate", None)
        self.mark(DATABASE, shape())

    def stop(self) -> None:
        """Stop both."""
        self.valkey.stop()
        self.postgres.stop()

    @property
    def version(self) -> str:
        """PostgreSQL's version."""
        with self.postgres.connect() as connection_:
            row = connection_.execute("SHOW server_version").fetchone()
        return str(row[0]) if row else ""

    @contextmanager
    def database(
        self, name: str, *, like: str = DATABASE, by_file: bool = False, mark: str = ""
    ) -> Iterator[str]:
        """
        Make a database like another, with all its constraints; drop it after.

        :param by_file: quicker for a large one: its files are copied after a checkpoint
        :param mark: one that bears it already is used again, one that bears it at the
            end is kept
        """
        way = "FILE_COPY" if by_file else "WAL_LOG"
        if not (mark and self.mark_of(name) == mark):
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY {}")
            with self.postgres.connect() as connection_:
                _drop(connection_, name)
                connection_.execute(
                    made.format(*map(sql.Identifier, (name, like, OWNER)), sql.SQL(way))
                )
        try:
            yield name
        finally:
            connection.close()
            if not (mark and self.mark_of(name) == mark):
                with self.postgres.connect() as connection_:
                    _drop(connection_, name)

    def mark_of(self, name: str) -> str:
        """What was written on the database; nothing if there is none."""
        with self.postgres.connect() as connection_:
            row = connection_.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
                " WHERE datname = %s",
                [name],
            ).fetchone()
        return str(row[0] or "") if row else ""

    def mark(self, name: str, mark: str) -> None:
        """Write on the database what is in it."""
        with self.postgres.connect() as connection_:
            connection_.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                    sql.Identifier(name), sql.Literal(mark)
                )
            )

    def use(self, name: str) -> None:
        """Let this process's queries go to the database, as the application's role."""
        connection.close()
        connection.settings_dict.update(
            dj_database_url.parse(self.postgres.url(APPLICATION, name))
        )

    def count(self, name: str, table: str, *columns: str) -> None:
        """Let PostgreSQL count a table's rows, and what is in all columns or some."""
        counted = sql.SQL("ANALYZE {}").format(sql.Identifier(table))
        if columns:
            named = sql.SQL(", ").join(map(sql.Identifier, columns))
            counted += sql.SQL(" ({})").format(named)
        with self.postgres.connect(name) as connection_:
            connection_.execute(counted)

    def settle(self, name: str) -> None:
        """Do what autovacuum would have done by and by (a throwaway has none)."""
        with self.postgres.connect(name) as connection_:
            connection_.execute("VACUUM (ANALYZE)")

    def environment(self, name: str) -> dict[str, str]:
        """What a process of the portal needs that works in the database."""
        environment, _ = environment_for(self.state, self.postgres, self.valkey)
        return {
            **environment,
            "DATABASE_URL": self.postgres.url(APPLICATION, name),
            "SECRET_KEY": settings.SECRET_KEY,
            "ALLOWED_HOSTS": "127.0.0.1",
            "PORTAL_HTTPS": "False",
        }

    @contextmanager
    def web(self, name: str) -> Iterator["Visitor"]:
        """Serve the database by gunicorn, one process, as the portal is served."""
        port = _free_port()
        log = self.state.logs / "web.log"
        process = processes.start(
            [
                *(sys.executable, "-m", "gunicorn", "portal.benchmark.wsgi"),
                *("--bind", f"127.0.0.1:{port}", "--no-control-socket"),
                *("--workers=1", "--threads=4", "--keep-alive=600"),
            ],
            env=self.environment(name),
            log=log,
            keep_open=[self.state.lock],
            cwd=ROOT,
        )
        try:
            visitor = Visitor(port)
            up = processes.wait_until(visitor.is_answered, seconds=60, every=0.2)
            require(up, f"the web server starts: {processes.last_lines(log)}")
            yield visitor
        finally:
            processes.stop(process)


@contextmanager
def own_servers() -> Iterator[Servers]:
    """
    Start servers in a state folder that no portal uses, and stop them at the end.

    :raises RefusalError: if they do not start
    """
    state = state_that_is_free(ROOT / ".state" / "benchmark")
    state.make_sockets()
    servers = Servers(state)
    try:
        servers.start()
        yield servers
    finally:
        connection.close()
        servers.stop()
        state.remove_sockets()
        state.unlock()


class Visitor:
    """A signed-in person's browser: one connection that is kept, one session."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {"Accept-Language": "en"}

    def is_answered(self) -> bool:
        """Tell whether the server is up."""
        try:
            self._connection.request("GET", "/livez")
            return self._connection.getresponse().read() == b"ok\n"
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return False

    def sign_in(self, user: User) -> None:
        """Begin a session in the database that this process uses just now."""
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        name = settings.SESSION_COOKIE_NAME
        self._headers["Cookie"] = f"{name}={session.session_key}"

    def get(self, path: str) -> str:
        """
        Return the page.

        :raises FalseResultError: if it is not answered with a page
        """
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        page = answer.read().decode()
        require(answer.status == 200, f"{path} is answered ({answer.status})")
        return page


def next_of(page: str, path: str) -> str | None:
    """Return where the link to the following page leads; None on the last."""
    link = re.search(r'<a [^>]*rel="next"[^>]*>', page)
    if link is None:
        return None
    target = re.search(r'href="([^"]*)"', link[0])
    found = target[1].replace("&amp;", "&") if target else ""
    return f"{path}{found}" if found.startswith("?") else found


def _drop(connection_: psycopg.Connection, name: str) -> None:
    connection_.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
