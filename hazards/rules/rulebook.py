"""
The rulebook: dated versions of the ordered questions (law/rulebook.toml).

A version is never edited; a new one with a later `since` is added, and may name new
checks and texts. So what was determined under an old one gives the same answer again.
"""

import datetime as dt
import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module, resources
from typing import Any, Final

from hazards.rules.cutoff import STAGES
from hazards.rules.outcomes import Answer, Outcome, Said
from hazards.rules.provisions import provision
from hazards.rules.questions import NOT_ASKED, QUESTIONS, WORDS, QuestionText
from hazards.rules.record import Case

POLICY: Final = "$"
"""Before the name of the policy whose value is the outcome."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a question leads to for a respondent, as the rulebook writes it."""

    outcome: str
    policy: str = ""
    leaning: str = ""

    @classmethod
    def read(cls, text: str) -> "Effect":
        """Read ``outcome``, ``review>leaning`` or ``$policy>leaning``."""
        outcome, _, leaning = text.partition(">")
        if outcome.startswith(POLICY):
            return cls("", policy=outcome[1:], leaning=leaning)
        return cls(outcome, leaning=leaning)

    def outcome_in(self, case: Case) -> Outcome:
        """Return the outcome; reading a policy leaves a trace in the case."""
        outcome = case.choice(self.policy) if self.policy else self.outcome
        return Outcome(outcome, self.leaning if outcome == "review" else "")


@dataclass(frozen=True, slots=True)
class Question:
    """One question in its place: when it arises, who answers it, what it leads to."""

    text: QuestionText
    stage: str
    """When it arises, one of `STAGES`."""
    ask: Callable[[Case], Said]
    enterprise: Effect
    principal: Effect
    team: Effect
    not_asked: Answer

    @property
    def code(self) -> str:
        """Its code, the one of its text."""
        return self.text.code


@dataclass(frozen=True)
class Rulebook:
    """One version: in force from `since` on, until a later one."""

    version: str
    since: dt.date
    source: str
    first_year: int
    """The first year for which the principal's taking part is judged."""
    questions: tuple[Question, ...]
    digest: str
    """SHA-256 over the version's entry, its texts and the provisions cited."""


def rulebook_on(day: dt.date, rulebooks: Sequence[Rulebook]) -> Rulebook:
    """Return the version in force on the day; the first answers for days before it."""
    begun = [rulebook for rulebook in rulebooks if rulebook.since <= day]
    return begun[-1] if begun else rulebooks[0]


def load(
    text: str, texts: Mapping[str, QuestionText] = QUESTIONS
) -> tuple[Rulebook, ...]:
    """
    Read law/rulebook.toml.

    :raises ValueError: if versions are missing or out of order, a stage is unknown, or
        an article is cited that the product does not know
    """
    tables = tomllib.loads(text)["versions"]
    days = [table["since"] for table in tables]
    if not days or days != sorted(set(days)):
        msg = "The rulebook needs versions, each later than the one before."
        raise ValueError(msg)
    return tuple(_version(table, texts) for table in tables)


def _version(table: Mapping[str, Any], texts: Mapping[str, QuestionText]) -> Rulebook:
    questions = tuple(_question(entry, texts) for entry in table["questions"])
    return Rulebook(
        version=table["version"],
        since=table["since"],
        source=table["source"],
        first_year=table["first_year"],
        questions=questions,
        digest=_digest(table, questions),
    )


def _question(entry: Mapping[str, Any], texts: Mapping[str, QuestionText]) -> Question:
    text = texts[entry.get("text", entry["code"])]
    if entry["stage"] not in STAGES:
        msg = f"The question {entry['code']} has no stage of {', '.join(STAGES)}."
        raise ValueError(msg)
    check = entry.get("check", entry["code"].replace("-", "_"))
    return Question(
        text=text,
        stage=entry["stage"],
        ask=import_module(f"hazards.rules.checks.{check}").ask,
        enterprise=Effect.read(entry["enterprise"]),
        principal=Effect.read(entry["principal"]),
        team=Effect.read(entry["team"]),
        not_asked=Answer(text, holds=False, because=NOT_ASKED),
    )


def _digest(table: Mapping[str, Any], questions: Sequence[Question]) -> str:
    cited = sorted({key for q in questions for key in q.text.provisions})
    whole = {
        "version": table,
        "questions": [
            {
                "code": q.code,
                **q.text.question,
                "provisions": q.text.provisions,
                "sentences": dict(q.text.sentences),
            }
            for q in questions
        ],
        "words": dict(WORDS),
        "provisions": {key: _cited(key) for key in cited},
    }
    written = json.dumps(whole, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()


@cache
def _cited(key: str) -> list[str]:
    one = provision(key)
    days = [str(one.since), str(one.until)]
    return [one.zh, one.en, one.confidence, *days, one.source.zh, one.source.en]


RULEBOOKS: tuple[Rulebook, ...] = load(
    resources.files("hazards.rules")
    .joinpath("law/rulebook.toml")
    .read_text(encoding="utf-8")
)
