"""
A determination kept for good: its facts, the days off it looked at, the rulebook and
the answer, as bytes. Made again from what stands in them, they are the same bytes.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hazards.rules import seals
from hazards.rules.deadlines import WorkdayCalendar
from hazards.rules.determine import determine
from hazards.rules.facts import Facts
from hazards.rules.facts_files import plain, read
from hazards.rules.lives import day_of
from hazards.rules.outcomes import Determination
from hazards.rules.provisions import Provision, provision
from hazards.rules.rulebook import RULEBOOKS, Rulebook, rulebook_on

FORMAT: Final = "determination/1"


class UnknownRulebookError(ValueError):
    """A version of the rulebook that this product does not hold."""


@dataclass
class WatchedCalendar:
    """Another calendar, and which of its days were asked for."""

    inner: WorkdayCalendar
    asked: dict[dt.date, tuple[bool, bool]] = field(default_factory=dict)
    """Whether each is worked, and whether that is final."""

    def is_workday(self, day: dt.date) -> bool:
        """Say what the inner calendar says, and keep it."""
        return self._ask(day)[0]

    def knows(self, day: dt.date) -> bool:
        """Say what the inner calendar says, and keep it."""
        return self._ask(day)[1]

    def _ask(self, day: dt.date) -> tuple[bool, bool]:
        if day not in self.asked:
            self.asked[day] = (self.inner.is_workday(day), self.inner.knows(day))
        return self.asked[day]


@dataclass
class KeptCalendar:
    """The days that a determination had looked at, and no others."""

    days: Mapping[dt.date, tuple[bool, bool]]

    def is_workday(self, day: dt.date) -> bool:
        """Say whether it was worked, as it was kept."""
        return self.days[day][0]

    def knows(self, day: dt.date) -> bool:
        """Say whether that was final, as it was kept."""
        return self.days[day][1]


@dataclass(frozen=True)
class CaseFile:
    """What is kept: the bytes, and the determination that they hold."""

    content: bytes
    facts_sha256: str
    determination: Determination


def made(
    facts: Facts,
    calendar: WorkdayCalendar,
    *,
    frame: Mapping[str, Any],
    rulebooks: Sequence[Rulebook] = RULEBOOKS,
) -> CaseFile:
    """
    Determine, and put the answer with all it was made from into bytes.

    :param frame: plain values that people read beside it, and no rule does
    """
    watched = WatchedCalendar(calendar)
    found = determine(facts, watched, rulebooks)
    used = _used(facts, rulebooks)
    said = plain(facts)
    content = {
        "format": FORMAT,
        "frame": dict(frame),
        "facts": said,
        "calendar": {
            day.isoformat(): list(watched.asked[day]) for day in sorted(watched.asked)
        },
        "rulebooks": [{"version": r.version, "digest": r.digest} for r in used],
        "result": found.plain(),
        "questions": [answer.plain() for answer in found.answers if answer.is_asked],
        "provisions": _cited(found),
    }
    return CaseFile(
        content=seals.canonical(content),
        facts_sha256=seals.digest(seals.canonical(said)),
        determination=found,
    )


def made_again(
    content: bytes, *, rulebooks: Sequence[Rulebook] = RULEBOOKS
) -> CaseFile:
    """
    Determine anew from what stands in the bytes, by the rulebooks that they name.

    :raises UnknownRulebookError: if one of these is not there any more
    """
    kept = json.loads(content)
    days = {
        dt.date.fromisoformat(day): (bool(worked), bool(final))
        for day, (worked, final) in kept["calendar"].items()
    }
    return made(
        facts_in(kept),
        KeptCalendar(days),
        frame=kept["frame"],
        rulebooks=_named((one["version"] for one in kept["rulebooks"]), rulebooks),
    )


def facts_in(kept: Mapping[str, Any]) -> Facts:
    """The facts of what was kept."""
    written = json.dumps(kept["facts"], ensure_ascii=False).encode()
    return read(written, name=str(kept["facts"]["name"]), is_json=True)


def _used(facts: Facts, rulebooks: Sequence[Rulebook]) -> list[Rulebook]:
    """That of the finding's day, and that of the decision's where it is another."""
    found_on = day_of(facts.finding.found_at)
    then = rulebook_on(found_on, rulebooks)
    now = rulebook_on(facts.decided_on or found_on, rulebooks)
    return [then] if now is then else [then, now]


def _named(versions: Iterable[str], rulebooks: Sequence[Rulebook]) -> list[Rulebook]:
    known = {rulebook.version: rulebook for rulebook in rulebooks}
    found = []
    for version in versions:
        if version not in known:
            msg = f"The rulebook has no version {version!r}."
            raise UnknownRulebookError(msg)
        found.append(known[version])
    return found


def _cited(found: Determination) -> dict[str, dict[str, Any]]:
    """The articles of every question asked, as the product knew them."""
    keys = {
        key for answer in found.answers if answer.is_asked for key in answer.provisions
    }
    return {key: _article(provision(key)) for key in sorted(keys)}


def _article(one: Provision) -> dict[str, Any]:
    return {
        "zh": one.zh,
        "en": one.en,
        "source_zh": one.source.zh,
        "source_en": one.source.en,
        "confidence": one.confidence.value,
        "since": one.since.isoformat(),
        "until": one.until.isoformat() if one.until else None,
    }
