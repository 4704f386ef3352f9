"""What this portal can bear: dated numbers, each with its reason."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType


@dataclass(frozen=True)
class Limit:
    """A number and the day (Asia/Shanghai) from which it holds."""

    since: dt.date
    value: int
    reason: str


def limit(name: str, *, on: dt.date) -> int:
    """
    Return the limit on the day; the first one also answers for days before it.

    :raises KeyError: if no limit has this name
    """
    known = LIMITS[name]
    holding = [one for one in known if one.since <= on]
    return (holding or known)[-1 if holding else 0].value


def _read() -> Mapping[str, tuple[Limit, ...]]:
    text = resources.files("hazards.rules").joinpath("limits.toml").read_text("utf-8")
    return MappingProxyType(
        {
            name: tuple(
                sorted(
                    (Limit(**value) for value in table["values"]),
                    key=lambda one: one.since,
                )
            )
            for name, table in tomllib.loads(text).items()
        }
    )


LIMITS = _read()
