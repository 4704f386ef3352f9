"""
How like a finding is to a hazard on the enterprise's record: what fits and what does
not, and in which order people look. It proposes; an officer says whether it is one.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar


class Fit(StrEnum):
    """Whether one thing about the two agrees."""

    SAME = "same"
    NEAR = "near"
    DIFFERS = "differs"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Described:
    """What is said of a finding or of a hazard. `clause` as "standard/number"."""

    clause: str = ""
    site: int | None = None
    place: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What fits and what does not; a larger `score` (0 to 100) is looked at first."""

    clause: Fit
    site: Fit
    place: Fit
    words: Fit
    # It was on record when the officers arrived.
    in_time: bool
    score: float

    @property
    def is_evident(self) -> bool:
        """Whether clause, site and place all agree: such a one stands first."""
        return (self.clause, self.site, self.place) == (Fit.SAME, Fit.SAME, Fit.SAME)


# Of a hundred. What the law calls it and where it is weigh more than words about it.
_CLAUSE: Final = {Fit.SAME: 40.0, Fit.NEAR: 20.0}
_SITE: Final = 20.0
_PLACE: Final = 25.0
_WORDS: Final = 10.0
_IN_TIME: Final = 5.0
_NEAR: Final = 0.3
"""From this share of common pairs of characters on, words are called near."""

_MARKS: Final = re.compile(r"[\W_]+")

T = TypeVar("T")


def likeness(finding: Described, hazard: Described, *, in_time: bool) -> Likeness:
    """Compare what was found with what is on record."""
    place, place_share = _words_fit(finding.place, hazard.place)
    words, words_share = _words_fit(finding.description, hazard.description)
    clause = _clause_fit(finding.clause, hazard.clause)
    site = _site_fit(finding.site, hazard.site)
    return Likeness(
        clause=clause,
        site=site,
        place=place,
        words=words,
        in_time=in_time,
        score=_CLAUSE.get(clause, 0.0)
        + (_SITE if site is Fit.SAME else 0.0)
        + _PLACE * place_share
        + _WORDS * words_share
        + (_IN_TIME if in_time else 0.0),
    )


def ranked(found: Iterable[tuple[T, Likeness]]) -> list[tuple[T, Likeness]]:
    """All of them, the likest first; equals stay in the order given."""
    return sorted(found, key=lambda pair: (not pair[1].is_evident, -pair[1].score))


def common(one: str, other: str) -> float:
    """
    The share of pairs of neighbouring characters that two texts have in common (Dice),
    from 0 to 1. Chinese has no spaces between words; a pair is near to one.
    """
    return _shared(_plain(one), _plain(other))


def _shared(one: str, other: str) -> float:
    mine, theirs = _pairs(one), _pairs(other)
    if not mine or not theirs:
        return 0.0
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def _pairs(plain: str) -> set[str]:
    return set(map("".join, itertools.pairwise(plain))) or {plain} - {""}


def _plain(text: str) -> str:
    """Letters, digits and characters alone; ＡＢ１ is ab1."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _MARKS.sub("", folded)


def _words_fit(one: str, other: str) -> tuple[Fit, float]:
    """Whether two texts say the same, and the share that they have in common."""
    mine, theirs = _plain(one), _plain(other)
    if not mine or not theirs:
        return Fit.UNSAID, 0.0
    if mine == theirs:
        return Fit.SAME, 1.0
    share = _shared(mine, theirs)
    return (Fit.NEAR if share >= _NEAR else Fit.DIFFERS), share


def _clause_fit(one: str, other: str) -> Fit:
    """The same; another of the same article, or of a standard without articles."""
    if not one or not other:
        return Fit.UNSAID
    if one == other:
        return Fit.SAME
    return Fit.NEAR if _article(one) == _article(other) else Fit.DIFFERS


def _article(clause: str) -> str:
    """`order-10-2023/3` of `order-10-2023/3(1)`; the standard where it has none."""
    standard, _, number = clause.partition("/")
    article, bracket, _ = number.partition("(")
    return f"{standard}/{article}" if bracket else standard


def _site_fit(one: int | None, other: int | None) -> Fit:
    if one is None or other is None:
        return Fit.UNSAID
    return Fit.SAME if one == other else Fit.DIFFERS
