"""The servers of one start, its own or those the environment names."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from portal.stack.postgres import APPLICATION, OWNER, Postgres
from portal.stack.processes import Stop
from portal.stack.refusal import RefusalError, say
from portal.stack.state import ROOT, State
from portal.stack.valkey import Valkey


@dataclass(frozen=True)
class Servers:
    """What runs, and the environment in which the portal's processes find it."""

    postgres: Postgres | None
    valkey: Valkey | None
    environment: Mapping[str, str]
    owner_environment: Mapping[str, str]


def has_own_database(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the database is the embedded one."""
    return not environment.get("DATABASE_URL")


def require_secrets() -> None:
    """Demand from the environment what a database of one's own needs.

    :raises RefusalError: naming what is missing
    """
    if has_own_database():
        return
    for name, why in (
        ("SECRET_KEY", "sessions and links are signed with it; at least 50 characters"),
        ("DATABASE_OWNER_URL", "migrations run as the owner's role"),
    ):
        if not os.environ.get(name):
            msg = f"DATABASE_URL is set, so {name} must be set too ({why})."
            raise RefusalError(msg)


def places(state: State) -> dict[str, str]:
    """Where things are kept unless the environment says so."""
    return {
        "ATTACHMENTS_DIR": str(state.folder / "attachments"),
        "HEADS_DIR": str(state.folder / "heads"),
        "HEADS_KEY": str(state.folder / "heads_key"),
    }


def environment_for(
    state: State, postgres: Postgres | None, valkey: Valkey | None
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the environments of the application's processes and of migrations."""
    common = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    for name, place in places(state).items():
        common[name] = common.get(name) or place
    common.pop("PORTAL_DEMO", None)  # decided by what was loaded, never from outside
    owner_url = common.pop("DATABASE_OWNER_URL", "")
    common.pop("PORTAL_ROLE", None)
    if postgres is not None:
        common["DATABASE_URL"] = postgres.url(APPLICATION)
        owner_url = postgres.url(OWNER)
        common["DATABASE_APPLICATION_ROLE"] = APPLICATION
        common["SECRET_KEY"] = os.environ.get("SECRET_KEY") or state.secret(
            "secret_key"
        )
        common.setdefault("PORTAL_HTTPS", "False")
        if (state.folder / "demo-accounts.json").exists():
            common["PORTAL_DEMO"] = "True"
    if valkey is not None:
        common["REDIS_URL"] = valkey.url
    owner = {**common, "PORTAL_ROLE": "owner", "DATABASE_OWNER_URL": owner_url}
    return common, owner


def named_servers(state: State) -> tuple[Postgres | None, Valkey | None]:
    """Return the servers that are ours to run: those the environment does not name."""
    postgres = Postgres(state) if has_own_database() else None
    valkey = None if os.environ.get("REDIS_URL") else Valkey(state)
    return postgres, valkey


@contextmanager
def running_servers(state: State, stop: Stop | None = None) -> Iterator[Servers]:
    """Start the servers that are ours; stop them at the end. `state` is locked."""
    require_secrets()
    postgres, valkey = named_servers(state)
    state.make_sockets()
    ours = [server.name for server in (postgres, valkey) if server is not None]
    if stop is not None and ours:
        say(f"Starting {' and '.join(ours)} …")
    try:
        if postgres is not None:
            postgres.start(stop)
        if valkey is not None:
            valkey.start(stop)
        yield Servers(postgres, valkey, *environment_for(state, postgres, valkey))
    finally:
        if valkey is not None:
            valkey.stop()
        if postgres is not None:
            postgres.stop()
        state.remove_sockets()
