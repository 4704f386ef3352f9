"""`manage determine`: one line a file, whatever the files are."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from hazards.management.commands import determine as command
from portal.stack.manage import needs_servers
from tests.hazards.rules.good_facts import TOML, good
from tests.repository.sources import ROOT


def run(*files: Path | str) -> tuple[list[dict[str, object]], list[str], int]:
    """Return the answers, the errors, and the exit status."""
    out, err, status = StringIO(), StringIO(), 0
    try:
        call_command("determine", *map(str, files), stdout=out, stderr=err)
    except SystemExit as ended:
        status = int(str(ended.code))
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    return answers, err.getvalue().splitlines(), status


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    unnamed = TOML.replace('name = "good"\n', "")
    (tmp_path / "first.toml").write_text(unnamed, "utf-8")
    (tmp_path / "second.json").write_text(json.dumps(good()), "utf-8")
    (tmp_path / "bad.toml").write_text(unnamed.replace('"planned"', '"x"'), "utf-8")
    return tmp_path


def test_answers_in_the_order_of_the_files(folder: Path) -> None:
    answers, errors, status = run(folder / "second.json", folder / "first.toml")
    assert [answer["name"] for answer in answers] == ["good", "first"]
    assert [answer["decisive"] for answer in answers] == ["relief", "relief"]
    assert (errors, status) == ([], 0)


def test_a_bad_file_is_one_line_and_the_others_are_answered(folder: Path) -> None:
    bad = folder / "bad.toml"
    answers, errors, status = run(folder / "first.toml", bad, folder / "second.json")
    assert len(answers) == 2
    (error,) = errors
    assert error.startswith(f"{bad}: key finding.visit, line 89: must be one of")
    assert status == 2


@pytest.mark.parametrize("name", ["facts", "facts.txt", "FACTS.JSON"])
def test_the_name_or_the_first_character_tells_the_format(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    file.write_text("\ufeff \n" + json.dumps(good()), "utf-8")
    assert len(run(file)[0]) == 1
    if name.isascii() and not name.endswith("JSON"):
        file.write_text(TOML, "utf-8")
        assert len(run(file)[0]) == 1


def test_what_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    closed = tmp_path / "closed.toml"
    closed.write_text(TOML, "utf-8")
    closed.chmod(0)
    files: list[Path | str] = [
        tmp_path,
        tmp_path / "none.toml",
        "a\0b.toml",
        tmp_path / "two\nlines",
    ]
    files += [closed] if os.geteuid() else []
    answers, errors, status = run(*files)
    assert (answers, status, len(errors)) == ([], 2, len(files))
    assert all("cannot be read" in error for error in errors)


def test_a_file_that_is_far_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "LARGEST", len(TOML) - 1)
    file = tmp_path / "large.toml"
    file.write_text(TOML, "utf-8")
    _, errors, status = run(file)
    assert status == 2
    assert "is larger than" in errors[0]
    monkeypatch.setattr(command, "LARGEST", len(TOML))
    assert run(file)[2] == 0


def test_ten_thousand_hazards_are_answered(tmp_path: Path) -> None:
    document = good()
    one = document["hazards"][0]
    document["hazards"] = [one] + [{**one, "id": f"h{n}"} for n in range(10_000)]
    file = tmp_path / "many.json"
    file.write_text(json.dumps(document), "utf-8")
    assert run(file)[0][0]["decisive"] == "relief"


def test_text_that_is_no_utf_8_comes_out_as_json(tmp_path: Path) -> None:
    document = good()
    document["name"] = "half \ud800 of a sign"
    file = tmp_path / "odd.json"
    file.write_text(json.dumps(document), "utf-8")
    assert run(file)[0][0]["name"] == document["name"]


def start(*files: Path) -> subprocess.Popen[bytes]:
    nowhere = "postgresql://nobody@/none?host=/nonexistent"
    return subprocess.Popen(  # noqa: S603 (our own words)
        [sys.executable, "manage.py", "determine", *map(str, files)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": nowhere, "PYTHONIOENCODING": "ascii"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_the_output_is_utf_8_whatever_the_terminal_is(folder: Path) -> None:
    with start(folder / "first.toml") as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert "建议" in json.loads(out.decode("utf-8"))["answers"][0]["because"]


def test_a_reader_that_has_gone_is_no_error(folder: Path) -> None:
    with start(*[folder / "first.toml"] * 200) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        process.stdout.close()
        process.stdout = None
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


def test_needs_no_servers() -> None:
    assert not needs_servers(["determine", "facts.toml"])
    assert not needs_servers(["rulebook"])
