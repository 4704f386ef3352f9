"""The daily file as an operator has it written, keeps it, and verifies with it."""

import datetime as dt
import json
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from celery.schedules import crontab
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from hazards import tasks
from hazards.models import ReportStatus
from hazards.rules.quarters import Quarter
from hazards.services import heads, heads_key
from tests.factories import NOW, TODAY
from tests.factories_reports import Desks, make_report
from tests.hazards.records.conftest import DAY

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = NOW + DAY


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """Where the files go; the key lies elsewhere."""
    settings.HEADS_DIR = str(tmp_path / "heads")
    settings.HEADS_KEY = str(tmp_path / "secret" / "heads_key")
    heads_key.make(Path(settings.HEADS_KEY))
    return tmp_path / "heads"


@pytest.fixture
def file(folder: Path, desks: Desks) -> Path:
    """The file of the day after a report was signed."""
    make_report(desks, status=ReportStatus.ACCEPTED)
    written = heads.export(at=MORNING)
    assert written is not None
    return written


def verify(*arguments: object) -> str:
    """Run the command and return what it printed."""
    printed = StringIO()
    call_command("verify_records", *map(str, arguments), stdout=printed)
    return printed.getvalue()


def refusal(*arguments: object) -> CommandError:
    """Run the command and return how it ended."""
    with pytest.raises(CommandError) as refused:
        verify(*arguments)
    return refused.value


def lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def tampered(connection: psycopg.Connection, statement: str) -> None:
    """Do what only a superuser can, past every trigger."""
    connection.execute("SET session_replication_role = replica")
    connection.execute(statement)
    connection.commit()


def test_the_file_names_the_head_and_verifies(
    file: Path, folder: Path, desks: Desks
) -> None:
    assert file == folder / "heads-2026-07-07.jsonl"
    assert sorted(path.name for path in folder.iterdir()) == [
        ".lock",
        "heads-2026-07-07.jsonl",
        "heads-2026-07-07.jsonl.sig",
    ]
    first, head, *_ = lines(file)
    assert (first["on"], first["portal"]) == ("2026-07-07", django_settings.PORTAL_URL)
    assert (head["uscc"], head["ordinal"]) == (desks.enterprise.uscc, 1)
    assert verify("--heads", file) == (
        "1 reports, 1 seals of 1 enterprises verified, 1 files of heads agree\n"
    )
    assert verify("--heads", file, "--enterprise", desks.enterprise.uscc)


def test_heads_are_on_the_receipt(file: Path, desks: Desks) -> None:
    head = lines(file)[1]["entry_sha256"]
    bodies = [
        notice.body
        for notice in desks.enterprise.notices.filter(kind="report_received")
    ]
    assert bodies
    assert all(head in body for body in bodies)


def test_a_file_that_is_there_is_left_as_it_is(file: Path, desks: Desks) -> None:
    before, signature = file.read_bytes(), file.with_suffix(".jsonl.sig").read_bytes()
    make_report(
        desks, status=ReportStatus.ACCEPTED, quarter=Quarter(2026, 1), at=MORNING
    )

    assert heads.export(at=MORNING + dt.timedelta(hours=5)) is None

    assert file.read_bytes() == before
    assert file.with_suffix(".jsonl.sig").read_bytes() == signature
    assert verify("--heads", file)


def test_missed_nights_are_caught_up_by_the_next_file(file: Path) -> None:
    later = heads.export(at=MORNING + 3 * DAY)
    assert later is not None
    covered = {line["to"] for line in lines(later) if "table" in line}
    assert covered == {str(TODAY + number * DAY) for number in (1, 2, 3)}
    assert verify("--heads", file, "--heads", later)


def test_what_a_crash_left_behind_is_overwritten(folder: Path, desks: Desks) -> None:
    folder.mkdir()
    for name in ("jsonl.new", "jsonl.sig", "jsonl.sig.new"):
        (folder / f"heads-2026-07-07.{name}").write_text("half")
    written = heads.export(at=MORNING)
    assert written is not None
    assert verify("--heads", written)


def test_a_day_that_has_not_come_is_refused(folder: Path) -> None:
    with pytest.raises(heads.HeadsNotWrittenError, match="has not come yet"):
        heads.export(at=MORNING, on=TODAY + 2 * DAY)
    assert heads.export(at=MORNING, on=TODAY) == folder / "heads-2026-07-06.jsonl"


def test_without_a_place_or_a_key_nothing_is_written(
    folder: Path, settings: Settings
) -> None:
    key = Path(settings.HEADS_KEY)
    key.chmod(0o640)
    with pytest.raises(heads_key.HeadsKeyError, match="open to other users"):
        heads.export(at=MORNING)
    key.write_text("no key")
    key.chmod(0o600)
    with pytest.raises(heads_key.HeadsKeyError, match="holds no unencrypted"):
        heads.export(at=MORNING)
    key.unlink()
    with pytest.raises(heads_key.HeadsKeyError, match="make one with"):
        heads.export(at=MORNING)
    settings.HEADS_KEY = ""
    with pytest.raises(heads.HeadsNotWrittenError, match="are not set"):
        heads.export(at=MORNING)
    assert not folder.exists()


def test_a_changed_event_of_a_covered_day_ends_with_status_1(
    file: Path, as_superuser: psycopg.Connection
) -> None:
    tampered(
        as_superuser, "UPDATE accounts_event SET note = '改' WHERE action = 'accept'"
    )
    assert verify()
    fault = refusal("--heads", file)
    assert fault.returncode == 1
    assert str(fault).startswith("table accounts_event, up to 2026-07-05: ") or str(
        fault
    ).startswith("table accounts_event, 2026-07-06: a row was changed")


@pytest.mark.parametrize("forge", ["file", "signature", "key", "no signature"])
def test_a_forged_file_ends_with_status_2(
    file: Path, forge: str, tmp_path: Path
) -> None:
    signature = file.with_suffix(".jsonl.sig")
    keys: list[object] = []
    if forge == "file":
        file.write_bytes(file.read_bytes().replace(b'"ordinal":1', b'"ordinal":2'))
    elif forge == "signature":
        signature.write_bytes(bytes(64))
    elif forge == "no signature":
        signature.unlink()
    else:
        heads_key.make(tmp_path / "other")
        keys = ["--public-key", tmp_path / "other.pub"]

    refused = refusal("--heads", file, *keys)

    assert refused.returncode == 2
    expected = "cannot be read" if forge == "no signature" else "is not the file that"
    assert expected in str(refused)


def test_a_key_may_be_followed_by_another(
    file: Path, tmp_path: Path, settings: Settings
) -> None:
    old = Path(f"{settings.HEADS_KEY}.pub")
    heads_key.make(tmp_path / "new_key")
    settings.HEADS_KEY = str(tmp_path / "new_key")
    later = heads.export(at=MORNING + DAY)
    both = ["--public-key", old, "--public-key", tmp_path / "new_key.pub"]
    assert verify("--heads", file, "--heads", later, *both)
    assert refusal("--heads", file).returncode == 2


@pytest.mark.parametrize("content", ["", "-----BEGIN PUBLIC KEY-----\n"])
def test_what_is_no_public_key_is_said_to_be_none(
    file: Path, tmp_path: Path, content: str
) -> None:
    (tmp_path / "odd.pub").write_text(content)
    refused = refusal("--heads", file, "--public-key", tmp_path / "odd.pub")
    assert "holds no public key" in str(refused)


def test_a_key_that_nobody_named_is_asked_for(file: Path, settings: Settings) -> None:
    settings.HEADS_KEY = ""
    assert "--public-key" in str(refusal("--heads", file))


def test_the_key_is_made_once_and_is_ours_alone(
    tmp_path: Path, settings: Settings
) -> None:
    settings.HEADS_KEY = str(tmp_path / "heads_key")
    printed = [StringIO(), StringIO()]
    for each in printed:
        call_command("heads_key", stdout=each, stderr=StringIO())
    first, second = (each.getvalue() for each in printed)
    assert first == second == (tmp_path / "heads_key.pub").read_text()
    assert "PUBLIC KEY" in first
    assert (tmp_path / "heads_key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(heads_key.HeadsKeyError, match="cannot be made"):
        heads_key.make(tmp_path / "heads_key")
    settings.HEADS_KEY = ""
    with pytest.raises(CommandError, match="HEADS_KEY is not set"):
        call_command("heads_key")


def test_the_command_and_the_night_write_the_same_file(folder: Path) -> None:
    printed = StringIO()
    tasks.export_heads()
    tasks.export_heads()
    call_command("export_heads", stdout=printed)
    assert "left as is" in printed.getvalue()
    today = timezone.localdate()
    assert [path.name for path in folder.glob("*.jsonl")] == [f"heads-{today}.jsonl"]
    with pytest.raises(CommandError, match="has not come yet"):
        call_command("export_heads", "--on", str(today + 2 * DAY))


def test_the_night_comes_after_the_day_and_again_until_it_is_done() -> None:
    entry = django_settings.CELERY_BEAT_SCHEDULE["export-heads"]
    assert entry["task"] == tasks.export_heads.name
    assert entry["schedule"] == crontab(hour="3-23", minute="10")
