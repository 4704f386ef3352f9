"""
A cluster with the portal's empty tables: migrated once for each shape of them, and
copied to whoever starts a server of its own.
"""

import shutil
import subprocess

from portal.stack import processes
from portal.stack.postgres import Postgres
from portal.stack.schema import shape
from portal.stack.servers import environment_for
from portal.stack.state import ROOT, State
from portal.stack.up import command
from portal.stack.valkey import Valkey

_MADE_OF = "shape"


def put_cluster(state: State) -> None:
    """
    Give a state folder a cluster whose database `portal` is migrated and empty, unless
    it has one of this shape. Nothing may run there; the caller holds its lock.

    :raises RefusalError: if the servers do not start, or a migration fails
    """
    if _is_of_this_shape(state):
        return
    source = State(ROOT / ".state" / "migrated")
    # Whoever comes first makes it, the others wait.
    assert processes.wait_until(source.try_lock, seconds=600)
    try:
        if not _is_of_this_shape(source):
            _make(source)
        _copy(source, state)
    finally:
        source.unlock()


def _is_of_this_shape(state: State) -> bool:
    made_of = state.folder / _MADE_OF
    return made_of.exists() and made_of.read_text() == shape()


def _make(state: State) -> None:
    postgres = Postgres(state, throwaway=True)
    _forget(state)
    state.make_sockets()
    try:
        postgres.start()
        _, owner = environment_for(state, postgres, Valkey(state))
        command(["migrate", "--verbosity=0"], owner, state, "migrate", None)
    finally:
        postgres.stop()
        state.remove_sockets()
    state.write(_MADE_OF, shape())


def _copy(source: State, target: State) -> None:
    _forget(target)
    clusters = (Postgres(source).cluster, Postgres(target).cluster)
    # `cp`, as it keeps the owner: if we are root, PostgreSQL is another user.
    subprocess.run(["cp", "-a", *map(str, clusters)], check=True)  # noqa: S603, S607
    for password in source.folder.glob("password_*"):
        target.write(password.name, password.read_text())
    target.write(_MADE_OF, shape())


def _forget(state: State) -> None:
    (state.folder / _MADE_OF).unlink(missing_ok=True)
    shutil.rmtree(Postgres(state).cluster, ignore_errors=True)
