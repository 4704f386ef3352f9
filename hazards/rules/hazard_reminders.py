"""
What somebody is reminded of in the life of a major hazard, and when: the steps of
law/reminders.toml, counted from the days in its life.
"""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from hazards.rules import reminders
from hazards.rules.reminders import Step

DEADLINE = "hazard_deadline"
PLAN = "hazard_plan"
ACCEPTANCE = "hazard_acceptance"
RECHECK = "hazard_recheck"
EXTENSION = "hazard_extension"
EXTENSION_OWN = "hazard_extension_own"

Matters = Mapping[str, dt.date]
"""
What a hazard waits for (the words above), each with the day in Asia/Shanghai from which
its steps count. What it waits for no longer is not in it.
"""


class Come(NamedTuple):
    """A step whose time has come, and the day from which it was counted."""

    step: Step
    from_on: dt.date


def come(matters: Matters, *, since: dt.datetime, at: dt.datetime) -> list[Come]:
    """
    Return the latest step of each matter whose time came between both instants, with
    them; those before it are overtaken.
    """
    found = []
    for matter, from_on in matters.items():
        step = reminders.current(_steps(matter, from_on), at)
        if step is not None and step.at >= since:
            found.append(Come(step, from_on))
    return found


def following(
    matters: Matters, *, at: dt.datetime, waiting_since: dt.datetime | None = None
) -> dt.datetime | None:
    """
    Return when the next step goes out.

    :param waiting_since: the time of a step that the clock may not have taken yet: it
        is not lost where something else is done meanwhile
    """
    coming = (step.at for matter in matters.items() for step in _steps(*matter))
    if waiting_since is not None and waiting_since <= at:
        return min((each for each in coming if each >= waiting_since), default=None)
    return min((each for each in coming if each > at), default=None)


def matter_of(kind: str) -> str:
    """
    Return the matter that a kind of reminder is about.

    :raises KeyError: if no kind has the name
    """
    return reminders.KINDS[kind].of


def _steps(matter: str, from_on: dt.date) -> tuple[Step, ...]:
    return reminders.steps(matter, year=from_on.year, due_on=from_on)
