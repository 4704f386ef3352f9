"""A missing or odd setting stops the start with a sentence (promise S24)."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.env import env_bool, env_list, env_secret, env_str
from portal.stack.state import ROOT

GOOD = "q9Z_pL2vX7mR4tK8wB1nC5sD0fG3hJ6yA-eUiOzWqTxVbNkMlPr"


@pytest.mark.parametrize(
    "weak",
    ["", "short", "a" * 64, "abab" * 20, f"django-insecure-{GOOD}"],
    ids=["missing", "short", "one letter", "two letters", "sample"],
)
def test_a_weak_key_is_refused(monkeypatch: pytest.MonkeyPatch, weak: str) -> None:
    monkeypatch.setenv("SOME_KEY", weak)
    with pytest.raises(ImproperlyConfigured, match=r"SOME_KEY is (too weak|not set)"):
        env_secret("SOME_KEY")


def test_a_good_key_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", GOOD)
    assert env_secret("SOME_KEY") == GOOD


def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOME_NAME", raising=False)
    with pytest.raises(ImproperlyConfigured, match="SOME_NAME is not set"):
        env_str("SOME_NAME")


@pytest.mark.parametrize("odd", ["true", "1", "yes", " True"])
def test_yes_and_no_are_written_in_one_way(
    monkeypatch: pytest.MonkeyPatch, odd: str
) -> None:
    monkeypatch.setenv("SOME_SWITCH", odd)
    with pytest.raises(ImproperlyConfigured, match="must be 'True' or 'False'"):
        env_bool("SOME_SWITCH", "False")


def test_a_list_is_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_LIST", "one, two,,")
    assert env_list("SOME_LIST", "") == ["one", "two"]


def test_the_portal_does_not_start_with_a_weak_key() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "SECRET_KEY": "changeme"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "SECRET_KEY is too weak" in done.stderr
    assert "changeme" not in done.stderr
