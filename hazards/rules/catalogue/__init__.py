"""The standards by which a hazard is judged major, clause by clause and by date."""

import datetime as dt
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from hazards.rules.catalogue.numbers import in_chinese, number_in
from hazards.rules.provisions import Confidence, provision

GONGMAO: Final = "gongmao"
"""Applies to every enterprise of the industry and trade sectors (工贸)."""

# In the order in which clauses are shown.
_FILES: Final = (
    "order-10.toml",
    "order-121-chemicals.toml",
    "order-121-fireworks.toml",
)


@dataclass(frozen=True)
class Standard:
    """One determination standard; `since` and `until` are both days in force."""

    key: str
    number: str
    """Of the document, as it is cited."""
    zh: str
    en: str
    regulator: str
    """Who judges by it; ``emergency`` is emergency management."""
    since: dt.date
    source: str
    until: dt.date | None = None
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class Article:
    """
    A group of clauses. Its heading is this product's word; the lead-in is the text.

    `number` is empty where a standard has no articles.
    """

    number: str
    zh: str
    en: str
    lead_zh: str = ""
    lead_en: str = ""


@dataclass(frozen=True)
class Clause:
    """
    One criterion: what it describes is a major accident hazard.

    `zh` is the text of the standard. `en` and the remedies are this product's words,
    the latter as circular 应急〔2025〕11号, item 12, asks for them. `until` is the last
    day in force, or None.
    """

    code: str
    """The standard's key and the number: ``order-10-2023/3(1)``."""
    standard: Standard
    article: Article
    number: str
    zh: str
    en: str
    applies_to: frozenset[str]
    """Sectors of accounts/codes/industries.toml, hazard features, or `GONGMAO`."""
    since: dt.date
    until: dt.date | None
    confidence: Confidence
    consequences: tuple[str, ...]
    """Keys of provisions, the offences first."""
    offences: tuple[str, ...]
    """Keys of the provisions under which the clause may be an offence in itself."""
    remedy_zh: str
    remedy_en: str

    @property
    def slug(self) -> str:
        """The code as it stands in an address: ``order-10-2023-3-1``."""
        number = self.number.replace("(", "-").replace(")", "")
        return f"{self.standard.key}-{number}"

    @property
    def number_zh(self) -> str:
        """The number as Chinese law writes it: ``第四条第（三）项``, ``第七项``."""
        article, _, item = self.number.rstrip(")").partition("(")
        if item:
            return f"第{in_chinese(int(article))}条第（{in_chinese(int(item))}）项"
        unit = "条" if self.article.number else "项"
        return f"第{in_chinese(int(article))}{unit}"

    @property
    def lead_zh(self) -> str:
        """The words of the article before its clauses, where they narrow them."""
        return self.article.lead_zh

    @property
    def lead_en(self) -> str:
        """The same as a translation."""
        return self.article.lead_en

    def in_force_on(self, day: dt.date) -> bool:
        """Say whether the clause is in force on the day (Asia/Shanghai)."""
        return self.since <= day and (self.until is None or day <= self.until)

    def applies(self, applies: Collection[str]) -> bool:
        """Say whether it is one for enterprises with these sectors and features."""
        return not self.applies_to.isdisjoint(applies)


def clause(code: str) -> Clause:
    """
    Return the clause cited as, for instance, ``order-10-2023/3(1)``.

    :raises ValueError: if the catalogue knows none of that code
    """
    if code not in CLAUSES:
        msg = f"The catalogue knows no clause {code!r}."
        raise ValueError(msg)
    return CLAUSES[code]


def by_slug(slug: str) -> Clause:
    """
    Return the clause whose address ends in the slug.

    :raises ValueError: if the catalogue knows none
    """
    if slug not in _SLUGS:
        msg = f"The catalogue knows no clause at {slug!r}."
        raise ValueError(msg)
    return _SLUGS[slug]


def in_force(on: dt.date) -> tuple[Clause, ...]:
    """Return the clauses in force on the day (Asia/Shanghai), in catalogue order."""
    return tuple(each for each in CLAUSES.values() if each.in_force_on(on))


def applicable(applies: Collection[str], *, on: dt.date) -> tuple[Clause, ...]:
    """Return the clauses in force for such an enterprise, in catalogue order."""
    return tuple(each for each in in_force(on) if each.applies(applies))


def search(
    words: str, *, on: dt.date, applies: Collection[str] = ()
) -> tuple[Clause, ...]:
    """
    Find clauses in force by code or number (``4(3)``, ``第四条第（三）项``, ``4`` for
    all of an article), else by words that must all occur in the Chinese or the English.

    Exactly that number stands first, then what applies; no words find everything.
    """
    clauses = sorted(in_force(on), key=lambda each: not each.applies(applies))
    number = number_in(words)
    exact = [e for e in clauses if words.strip() == e.code or number == e.number]
    # What has the number of an article is all of it, and no clause of another.
    within = [
        each
        for each in clauses
        if number and each.article.number == number and each not in exact
    ]
    return tuple(exact + within) or tuple(
        each for each in clauses if _says(each, words.casefold().split())
    )


def _says(each: Clause, words: list[str]) -> bool:
    text = "\n".join(
        (
            each.number,
            each.standard.number,
            each.standard.zh,
            each.standard.en,
            each.article.zh,
            each.article.en,
            each.lead_zh,
            each.lead_en,
            each.zh,
            each.en,
        )
    ).casefold()
    return all(word in text for word in words)


def load(text: str) -> tuple[Clause, ...]:
    """
    Read one standard; a clause without dates has those of its standard.

    :raises ValueError: if a number is there twice, or a consequence is none the
        rulebook knows
    """
    document = tomllib.loads(text)
    table = dict(document["standard"])
    general = tuple(table.pop("consequences"))
    standard = Standard(**table)
    articles = {
        number: (frozenset(article.pop("applies_to")), Article(number, **article))
        for number, article in document["articles"].items()
    }
    clauses = tuple(
        _clause(entry, standard, *articles[entry.get("article", "")], general)
        for entry in document["clauses"]
    )
    if len({each.slug for each in clauses}) < len(clauses):
        msg = f"Each clause of {standard.key} must be there once."
        raise ValueError(msg)
    return clauses


def _clause(
    entry: Mapping[str, Any],
    standard: Standard,
    applies_to: frozenset[str],
    article: Article,
    general: tuple[str, ...],
) -> Clause:
    also = tuple(entry.get("also", ()))
    return Clause(
        code=f"{standard.key}/{entry['number']}",
        standard=standard,
        article=article,
        number=entry["number"],
        zh=entry["zh"],
        en=entry["en"],
        applies_to=frozenset(entry.get("applies_to", applies_to)),
        since=entry.get("since", standard.since),
        until=entry.get("until", standard.until),
        confidence=Confidence(entry["confidence"]),
        consequences=tuple(provision(key).key for key in also + general),
        offences=also,
        remedy_zh=entry["remedy_zh"],
        remedy_en=entry["remedy_en"],
    )


def _read() -> tuple[Clause, ...]:
    folder = resources.files("hazards.rules.catalogue")
    return tuple(
        each
        for name in _FILES
        for each in load(folder.joinpath(name).read_text(encoding="utf-8"))
    )


CLAUSES: Final[Mapping[str, Clause]] = MappingProxyType(
    {each.code: each for each in _read()}
)
_SLUGS: Final = {each.slug: each for each in CLAUSES.values()}
