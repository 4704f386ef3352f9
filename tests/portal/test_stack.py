"""The command line refuses with a sentence, and keeps its secrets to itself."""

import argparse
import json
import os
import socket
import stat
from pathlib import Path
from typing import Any

import pytest

from portal.stack import manage, up
from portal.stack.__main__ import main
from portal.stack.messages import compile_messages
from portal.stack.postgres import Postgres
from portal.stack.processes import Stop, last_error
from portal.stack.refusal import RefusalError, StoppedError
from portal.stack.servers import Servers, environment_for, require_secrets
from portal.stack.state import State, state_that_is_free
from portal.stack.welcome import ACCOUNTS, columns


def options(**changed: Any) -> argparse.Namespace:
    chosen = {"host": "127.0.0.1", "port": 8000, "state": "", "no_demo": True}
    return argparse.Namespace(**{**chosen, **changed})


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name no servers, as on a newcomer's machine."""
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PORTAL_HTTPS"):
        monkeypatch.delenv(name, raising=False)


# Refusals of the start


def test_a_taken_port_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        state = str(tmp_path / "state")
        assert main(["--state", state, "--port", str(port)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"Port {port} on 127.0.0.1 is taken by another program")
    assert "--port" in said


@pytest.mark.parametrize("odd", [["--demo"], ["upp"], ["--port", "first"]])
def test_a_command_line_that_is_not_understood_is_refused_in_one_sentence(
    odd: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refusal:
        main(odd)
    assert refusal.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert odd[-1] in said
    assert "--help" in said


def test_other_machines_are_not_served_without_https(
    tmp_path: Path,
) -> None:
    with pytest.raises(RefusalError, match="PORTAL_HTTPS"):
        up.up(options(host="0.0.0.0", state=str(tmp_path / "state")))  # noqa: S104


@pytest.mark.parametrize("missing", ["SECRET_KEY", "DATABASE_OWNER_URL"])
def test_a_database_of_ones_own_needs_its_secrets(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in ("DATABASE_URL", "SECRET_KEY", "DATABASE_OWNER_URL"):
        monkeypatch.setenv(name, "given")
    monkeypatch.delenv(missing)
    with pytest.raises(RefusalError, match=f"{missing} must be set"):
        require_secrets()


def test_the_demo_is_never_marked_on_a_database_of_ones_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    state = State(tmp_path / "state")
    state.write(ACCOUNTS, "[]")
    monkeypatch.setenv("PORTAL_DEMO", "True")
    for environment in environment_for(state, None, None):
        assert "PORTAL_DEMO" not in environment


def test_the_owners_password_is_not_given_to_the_application(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner:secret@/portal")
    application, owner = environment_for(State(tmp_path / "state"), None, None)
    assert "secret" not in str(application)
    assert owner["DATABASE_OWNER_URL"] == "postgresql://owner:secret@/portal"


def test_links_in_mail_lead_to_where_the_portal_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = State(tmp_path / "state")
    embedded = Servers(Postgres(state), None, {}, {})
    named = Servers(None, None, {}, {})
    here = "http://127.0.0.1:8123/"

    environment: dict[str, str] = {}
    up.set_own_address(environment, here, embedded)
    assert environment["PORTAL_URL"] == here
    assert capsys.readouterr().err == ""

    environment = {"PORTAL_URL": "https://portal.example"}
    up.set_own_address(environment, here, named)
    assert environment["PORTAL_URL"] == "https://portal.example"
    assert capsys.readouterr().err == ""

    environment = {}
    up.set_own_address(environment, here, named)
    assert environment["PORTAL_URL"] == here
    assert "PORTAL_URL is not set" in capsys.readouterr().err


def test_columns_of_chinese_and_english_stand_under_each_other() -> None:
    rows = [("局长", "head", "一"), ("the clerk（一）", "c", "二")]
    assert columns(rows) == [
        "  局长             head  一",
        "  the clerk（一）  c     二",
    ]


# The state folder


def test_secrets_are_made_once_and_readable_to_their_owner_alone(
    tmp_path: Path,
) -> None:
    state = State(tmp_path / "state")
    secret = state.secret("secret_key")
    assert State(tmp_path / "state").secret("secret_key") == secret
    assert len(secret) >= 50
    mode = (tmp_path / "state" / "secret_key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_the_state_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    with pytest.raises(RefusalError, match="belongs to another user"):
        State(tmp_path)


def test_a_state_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RefusalError, match="cannot be used"):
        State(tmp_path / "file" / "state")


def test_a_second_start_is_told_where_the_first_one_runs(tmp_path: Path) -> None:
    first = State(tmp_path / "state")
    assert first.try_lock()
    first.set_running(kind="up", address="http://127.0.0.1:8000/")
    second = State(tmp_path / "state")
    with pytest.raises(
        RefusalError, match=r"Already running .* http://127\.0\.0\.1:8000/"
    ):
        second.wait_for_lock(seconds=0)
    first.unlock()
    second.wait_for_lock(seconds=0)
    second.unlock()


def test_what_a_killed_start_said_of_itself_is_not_believed(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    state.write("running.json", json.dumps({"pid": 2**22 + 1, "ready": True}))
    assert state.running() is None


def test_two_test_runs_at_once_use_folders_of_their_own(tmp_path: Path) -> None:
    first = state_that_is_free(tmp_path / "test")
    second = state_that_is_free(tmp_path / "test")
    assert first.folder != second.folder
    first.unlock()
    second.unlock()


def test_sockets_lie_in_a_folder_of_ours_alone_that_goes_with_us(
    tmp_path: Path,
) -> None:
    state = State(tmp_path / "state")
    sockets = state.make_sockets()
    assert stat.S_IMODE((sockets / "postgres").stat().st_mode) == 0o700
    assert stat.S_IMODE((sockets / "valkey").stat().st_mode) == 0o700
    again = state.make_sockets()
    assert not sockets.exists()
    state.remove_sockets()
    assert not again.exists()


# Commands


@pytest.mark.parametrize(
    ("log", "says"),
    [
        (
            (
                'Traceback …\n  File "x.py"\npsycopg.errors.Undefined: a role\n\n'
                'The above …\ndjango.db.utils.ProgrammingError: role "x" is not there\n'
            ),
            'role "x" is not there',
        ),
        (
            (
                "django.db.utils.OperationalError: connection failed: refused\n"
                "\tIs the server running there?\n"
            ),
            "connection failed: refused Is the server running there?",
        ),
        ("CommandError: The database is not empty.\n", "The database is not empty."),
        ("first\nlast\n", "last"),
    ],
)
def test_a_command_that_fails_is_summed_up_by_its_error(
    tmp_path: Path, log: str, says: str
) -> None:
    (tmp_path / "log").write_text(log)
    assert last_error(tmp_path / "log") == says


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ([], False),
        (["help"], False),
        (["--version"], False),
        (["migrate", "--help"], False),
        (["check"], False),
        (["check", "--deploy"], False),
        (["check", "--database", "default"], True),
        (["messages", "--check"], False),
        (["migrate"], True),
        (["shell"], True),
        (["bootstrap"], True),
    ],
)
def test_servers_start_only_for_commands_that_ask_them(
    arguments: list[str],
    needed: bool,  # noqa: FBT001 (a case of the table)
) -> None:
    assert manage.needs_servers(arguments) == needed


def test_a_command_without_servers_writes_only_its_own_words(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert manage.manage(tmp_path / "state", ["version"]) == 0
    assert capfd.readouterr().out.startswith("5.2")
    assert manage.manage(tmp_path / "state", ["check", "--tag", "no-such-tag"]) == 1
    assert not (tmp_path / "state" / "postgres").exists()


def test_a_stop_is_only_noted_when_it_comes() -> None:
    stop = Stop()
    stop.check()
    stop.asked = True
    with pytest.raises(StoppedError):
        stop.check()


def test_translations_are_compiled_without_gettext(tmp_path: Path) -> None:
    folder = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "Sign"\nmsgstr "签字"\n'
    )
    compile_messages(tmp_path)
    compiled = folder / "django.mo"
    assert "签字".encode() in compiled.read_bytes()

    made = compiled.stat().st_mtime_ns
    compile_messages(tmp_path)
    assert compiled.stat().st_mtime_ns == made
