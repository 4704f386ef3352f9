"""The articles that the rulebook cites, with the days on which they are in force."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from types import MappingProxyType


class Confidence(StrEnum):
    """How surely the product knows what an article says."""

    FOUND = "found"
    RECALLED = "recalled"


@dataclass(frozen=True)
class Instrument:
    """A law, order or circular; `since` and `until` are both days in force."""

    key: str
    zh: str
    en: str
    since: dt.date
    until: dt.date | None = None


@dataclass(frozen=True)
class Provision:
    """
    One article or item.

    The titles are this product's words and no quotation; `until` is the last day in
    force, or None.
    """

    key: str
    zh: str
    en: str
    source: Instrument
    confidence: Confidence
    since: dt.date
    until: dt.date | None = None
    concerns: tuple[str, ...] = ()
    """Respondents whom its consequence is for; empty = whoever it is."""
    inserted: bool = False
    """Whether the key's second number is an article's (之一), not an item's."""

    def is_for(self, respondent: str) -> bool:
        """Say whether a decision for the respondent may rest on it."""
        return not self.concerns or respondent in self.concerns

    def in_force_on(self, day: dt.date) -> bool:
        """Say whether the article is in force on the day (Asia/Shanghai)."""
        return self.since <= day and (self.until is None or day <= self.until)


def provision(key: str) -> Provision:
    """
    Return the article cited as, for instance, ``order-16/art-14``.

    :raises ValueError: if the rulebook knows none of that key
    """
    if key not in PROVISIONS:
        msg = f"The rulebook knows no provision {key!r}; add it to provisions.toml."
        raise ValueError(msg)
    return PROVISIONS[key]


def load(text: str) -> Mapping[str, Provision]:
    """
    Read law/provisions.toml; an article without dates has those of its instrument.

    :raises ValueError: if a key is there twice or names no instrument
    """
    document = tomllib.loads(text)
    instruments = {
        key: Instrument(key=key, **table)
        for key, table in document["instruments"].items()
    }
    provisions: dict[str, Provision] = {}
    for table in document["provisions"]:
        key = table["key"]
        source = instruments.get(key.partition("/")[0])
        if source is None or key in provisions:
            msg = f"The provision {key} must name an instrument and be there once."
            raise ValueError(msg)
        provisions[key] = Provision(
            key=key,
            zh=table["zh"],
            en=table["en"],
            source=source,
            confidence=Confidence(table["confidence"]),
            inserted=table.get("inserted", False),
            since=table.get("since", source.since),
            until=table.get("until", source.until),
            concerns=tuple(table.get("concerns", ())),
        )
    return MappingProxyType(provisions)


PROVISIONS: Mapping[str, Provision] = load(
    resources.files("hazards.rules")
    .joinpath("law/provisions.toml")
    .read_text(encoding="utf-8")
)
