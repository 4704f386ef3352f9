"""The questions of the rulebook in words: law/questions.toml, and its sentences."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from hazards.rules.deadlines import SHANGHAI

NOT_ASKED: Final = "not-asked"
YES, NO, UNKNOWN = "yes", "no", "unknown"


class Word(str):
    """A code that is said in words of law/questions.toml when a sentence is made."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class QuestionText:
    """A question in Chinese and English, and the sentences that answer it."""

    code: str
    question: Mapping[str, str]
    """By language."""
    provisions: tuple[str, ...]
    sentences: Mapping[str, Mapping[str, str]]
    """By the code of the sentence, by language."""

    def sentence(self, code: str, params: Mapping[str, Any], language: str) -> str:
        """Make the sentence; yes, no, unknown and not asked have one for all."""
        own = self.sentences.get(code)
        template = own[language] if own else word(f"answer.{code}", language)
        return said_in(template, params, language)


def word(code: str, language: str) -> str:
    """
    Return what the code is called.

    :raises KeyError: if it has no name
    """
    return WORDS[code][language]


def said_in(template: str, params: Mapping[str, Any], language: str) -> str:
    """Put the parameters into the sentence: instants and days as in Asia/Shanghai."""
    if not params:
        return template
    return template.format_map(
        {name: _said(value, language) for name, value in params.items()}
    )


def _said(value: object, language: str) -> str:
    if isinstance(value, Word):
        return word(value, language)
    if isinstance(value, dt.datetime):
        return _instant(value)
    if isinstance(value, tuple):
        between = "、" if language == "zh" else ", "
        return between.join(_said(part, language) for part in value)
    return str(value)


def _instant(at: dt.datetime) -> str:
    local = at.astimezone(SHANGHAI).replace(tzinfo=None)
    is_whole = not (local.second or local.microsecond)
    return local.isoformat(" ", "minutes" if is_whole else "auto")


def load(
    text: str,
) -> tuple[Mapping[str, QuestionText], Mapping[str, Mapping[str, str]]]:
    """Read law/questions.toml: the questions by code, and the words."""
    document = tomllib.loads(text)
    questions = {
        code: QuestionText(
            code=code,
            question=MappingProxyType({"zh": table["zh"], "en": table["en"]}),
            provisions=tuple(table["provisions"]),
            sentences=MappingProxyType(
                {name: said for name, said in table.items() if isinstance(said, dict)}
            ),
        )
        for code, table in document["questions"].items()
    }
    return MappingProxyType(questions), MappingProxyType(document["words"])


QUESTIONS, WORDS = load(
    resources.files("hazards.rules")
    .joinpath("law/questions.toml")
    .read_text(encoding="utf-8")
)
