"""
What the acts about a major hazard have come to, as a pure function: the state and the
columns that `hazards.services.lives` keeps beside it. Days are days in Asia/Shanghai.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from hazards.rules.lives import extended


@dataclass(frozen=True)
class Deed:
    """
    An act, by its kind's word, with what acts of its kind say. `due_on` is the day of a
    plan, an order or a re-check, and until when an approved request gives time.
    """

    kind: str
    at: dt.datetime
    from_state: str
    to_state: str
    due_on: dt.date | None = None
    # An order that is not lifted, by how much it stops; None = no order stands.
    ordered: str | None = None
    # The level of a listing that has not ended.
    listed: str = ""
    # It asks for more time, and nobody has answered.
    asks: bool = False


@dataclass(frozen=True)
class Life:
    """What the acts have come to; `gap` is the first act that begins elsewhere."""

    state: str = "found"
    is_planned: bool = False
    due_on: dt.date | None = None
    is_ordered: bool = False
    stop_ordered: str = ""
    listed: str = ""
    extension_asked_at: dt.datetime | None = None
    accepted_at: dt.datetime | None = None
    recheck_due_on: dt.date | None = None
    closed_at: dt.datetime | None = None
    gap: str = ""


def came_to(deeds: Iterable[Deed]) -> Life:
    """Return what these acts, in their order, have come to."""
    life = Life()
    for deed in deeds:
        if deed.from_state != life.state and not life.gap:
            life = replace(life, gap=f"{deed.kind}: {life.state} ≠ {deed.from_state}")
        change = _CHANGES.get(deed.kind, _nothing)
        life = replace(
            life, state=deed.to_state, **_standing(life, deed), **change(life, deed)
        )
    return life


_Changed = dict[str, Any]
_WIDTH = ("", "part", "whole")


def _standing(life: Life, deed: Deed) -> _Changed:
    """What holds as long as the act is not settled by a later one."""
    changed: _Changed = {}
    if deed.ordered is not None:
        changed["is_ordered"] = True
        changed["stop_ordered"] = max(life.stop_ordered, deed.ordered, key=_WIDTH.index)
    if deed.listed:
        changed["listed"] = deed.listed
    if deed.asks:
        changed["extension_asked_at"] = deed.at
    return changed


def _nothing(_life: Life, _deed: Deed) -> _Changed:
    return {}


def _plan(life: Life, deed: Deed) -> _Changed:
    return {"is_planned": True, "due_on": life.due_on or deed.due_on}


def _order(life: Life, deed: Deed) -> _Changed:
    return {"due_on": deed.due_on or life.due_on}


def _more_time(life: Life, deed: Deed) -> _Changed:
    if deed.due_on is None:
        return {}
    return {"due_on": extended(life.due_on or deed.due_on, deed.due_on)}


def _accepted(_life: Life, deed: Deed) -> _Changed:
    return {"accepted_at": deed.at}


def _to_be_looked_at(_life: Life, deed: Deed) -> _Changed:
    return {"recheck_due_on": deed.due_on}


def _failed(life: Life, deed: Deed) -> _Changed:
    return {"accepted_at": None, "recheck_due_on": None, **_order(life, deed)}


def _closed(_life: Life, deed: Deed) -> _Changed:
    return {"closed_at": deed.at, "recheck_due_on": None}


_CHANGES: Mapping[str, Callable[[Life, Deed], _Changed]] = MappingProxyType(
    {
        "receive-plan": _plan,
        "order": _order,
        "answer-extension": _more_time,
        "confirm-acceptance": _accepted,
        "apply-for-recheck": _to_be_looked_at,
        "order-recheck": _to_be_looked_at,
        "fail-recheck": _failed,
        "pass-recheck": _closed,
        "close": _closed,
    }
)
