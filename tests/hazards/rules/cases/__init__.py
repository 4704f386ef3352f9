"""Tables of cases, read from the TOML files beside this one."""

import tomllib
from pathlib import Path
from typing import Any

import pytest


def read(name: str) -> list[Any]:
    """Return the cases of a file as pytest parameters, named as they are there."""
    path = Path(__file__).with_name(f"{name}.toml")
    cases = tomllib.loads(path.read_text(encoding="utf-8"))["cases"]
    return [pytest.param(case, id=case["name"]) for case in cases]
