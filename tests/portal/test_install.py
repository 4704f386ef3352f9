"""`start.py` makes an environment from the locks, on a bare Python."""

import platform as platform_module
import runpy
import sys
from pathlib import Path

import pytest

from portal.stack import install
from portal.stack.state import ROOT


def test_an_old_python_is_refused_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Put back at once: what else is imported around a test asks for it, too.
    with monkeypatch.context() as here:
        here.setattr(sys, "version_info", (3, 9, 2, "final", 0))
        with pytest.raises(SystemExit) as refusal:
            runpy.run_path(str(ROOT / "start.py"))
    said = str(refusal.value)
    assert "needs Python 3.11" in said
    assert "this is Python 3.9.2" in said


def test_the_install_keeps_where_packages_come_from_and_drops_what_diverts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("PIP_USER", "PIP_TARGET", "UV_SYSTEM_PYTHON", "PYTHONPATH"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    kept = install.clean_environment()
    assert kept["PIP_INDEX_URL"] == "https://mirror.example/simple"
    assert not {"PIP_USER", "PIP_TARGET", "UV_SYSTEM_PYTHON", "PYTHONPATH"} & set(kept)


def test_uv_is_told_the_index_that_pip_was_given() -> None:
    given = {"PIP_INDEX_URL": "https://mirror.example/simple"}
    told = install.uv_environment(given)
    assert told["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"


def test_an_unfinished_environment_is_not_ready(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    python, unfinished = tmp_path / "python", tmp_path / "unfinished"
    python.touch()
    monkeypatch.setattr(install, "VENV", tmp_path)
    monkeypatch.setattr(install, "PYTHON", python)
    monkeypatch.setattr(install, "UNFINISHED", unfinished)
    assert not install.is_ready(install.RUNTIME)

    install.stamp_file(install.RUNTIME).write_text(install.stamp(install.RUNTIME))
    assert install.is_ready(install.RUNTIME)

    unfinished.touch()
    assert not install.is_ready(install.RUNTIME)


def test_an_environment_for_tests_serves_the_portal_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Installs nothing: the steps are noted, and what follows from them is asked."""
    steps: list[list[str]] = []

    def noted(command: list[str], _environment: dict[str, str]) -> bool:
        steps.append(command)
        return True

    for name, path in (("VENV", ""), ("PYTHON", "bin/python"), ("LOG", "install.log")):
        monkeypatch.setattr(install, name, tmp_path / ".venv" / path)
    monkeypatch.setattr(install, "UNFINISHED", tmp_path / ".venv" / "unfinished")
    monkeypatch.setattr(install, "run", noted)

    for first, then in (
        (install.DEVELOPMENT, install.RUNTIME),
        (install.RUNTIME, install.DEVELOPMENT),
    ):
        install.install(first)
        assert install.is_ready(first)
        if not install.is_ready(then):
            install.install(then)
        assert install.is_ready(install.RUNTIME)
        assert install.is_ready(install.DEVELOPMENT)
    assert all("install" in step or "--version" in step for step in steps)


@pytest.mark.parametrize(
    ("platform", "machine", "says"),
    [("win32", "AMD64", "inside WSL"), ("linux", "riscv64", "x86_64 or ARM64")],
)
def test_a_system_without_packages_is_refused(
    monkeypatch: pytest.MonkeyPatch, platform: str, machine: str, says: str
) -> None:
    with monkeypatch.context() as here:
        here.setattr(sys, "platform", platform)
        here.setattr(platform_module, "machine", lambda: machine)
        with pytest.raises(install.InstallError, match=says):
            install.refuse_unsupported()
