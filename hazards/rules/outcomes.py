"""
What a determination says: outcomes for three respondents, and every answer behind them.

An outcome is a proposal; an officer decides. Codes and parameters are kept, sentences
are made of them when somebody reads (`hazards.rules.questions`).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from hazards.rules.deadlines import SHANGHAI
from hazards.rules.policies import PolicyValue
from hazards.rules.quarters import Quarter
from hazards.rules.questions import NOT_ASKED, QuestionText, said_in, word

RESPONDENTS: Final = ("enterprise", "principal", "team")
NONE, NO_PENALTY, REVIEW = "none", "no_penalty", "review"
PENALTY, ACCOUNTABILITY = "penalty", "accountability"
SEVERITY: Final = {NONE: 0, NO_PENALTY: 1, REVIEW: 2, PENALTY: 3, ACCOUNTABILITY: 3}
"""Mildest first, for the comparison of two laws (行政处罚法 art. 37)."""

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Outcome(NamedTuple):
    """What is proposed for a respondent; a leaning only where it is `review`."""

    outcome: str
    leaning: str = ""

    def plain(self) -> dict[str, str]:
        """Return it as JSON has it."""
        if self.leaning:
            return {"outcome": self.outcome, "leaning": self.leaning}
        return {"outcome": self.outcome}


class Outcomes(NamedTuple):
    """What is proposed for each respondent."""

    enterprise: Outcome
    principal: Outcome
    team: Outcome


class Link(NamedTuple):
    """A record that was used: its kind (``hazard``, ``report`` …) and its id there."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


class Said(NamedTuple):
    """
    What a check answers. `holds` is None where the record does not say.

    `because` names the sentence (else that of yes, no or unknown); `decides` is False
    for what holds without effect; an outcome set here goes before the rulebook's.
    """

    holds: bool | None
    params: Mapping[str, Any] = _NOTHING
    records: tuple[Link, ...] = ()
    because: str = ""
    decides: bool = True
    enterprise: Outcome | None = None
    principal: Outcome | None = None
    team: Outcome | None = None


NO: Final = Said(holds=False)


class Answer(NamedTuple):
    """One question with its answer, the policies read for it and the records used."""

    text: QuestionText
    holds: bool | None
    """Yes, no, or None: the record does not say."""
    because: str
    """The code of the sentence; `NOT_ASKED` where the question does not arise."""
    params: Mapping[str, Any] = _NOTHING
    policies: Mapping[str, PolicyValue] = _NOTHING
    records: tuple[Link, ...] = ()

    @property
    def code(self) -> str:
        """The question's code."""
        return self.text.code

    @property
    def provisions(self) -> tuple[str, ...]:
        """The keys of the articles it rests on."""
        return self.text.provisions

    @property
    def is_asked(self) -> bool:
        """Whether the question arises for this finding at all."""
        return self.because != NOT_ASKED

    def question(self, language: str = "zh") -> str:
        """Return the question in ``zh`` or ``en``."""
        return self.text.question[language]

    def sentence(self, language: str = "zh") -> str:
        """Return what explains the answer, with the dates used."""
        return self.text.sentence(self.because, self.params, language)

    def plain(self, language: str = "zh") -> dict[str, Any]:
        """Return it as JSON has it; beside Chinese stands English."""
        plain: dict[str, Any] = {
            "code": self.code,
            "question": self.question(language),
            "holds": self.holds,
            "because": self.sentence(language),
        }
        if language != "en":
            plain["question_en"] = self.question("en")
            plain["because_en"] = self.sentence("en")
        plain["provisions"] = list(self.provisions)
        plain["policies"] = {
            name: value if isinstance(value, str | int) else str(value)
            for name, value in self.policies.items()
        }
        plain["records"] = [str(link) for link in self.records]
        return plain


class Note(NamedTuple):
    """A quarter's report that came after its due day but before the cut-off."""

    quarter: Quarter
    received_at: dt.datetime
    due_on: dt.date

    def __str__(self) -> str:
        return f"satisfied_late:{self.quarter}"

    def sentence(self, language: str = "zh") -> str:
        """Say it in ``zh`` or ``en``."""
        return said_in(word("note.satisfied_late", language), self._asdict(), language)


@dataclass(frozen=True, slots=True)
class Determination:
    """
    The proposal and why. `answers` holds every question in its order, also those that
    do not hold or do not arise; JSON lists those that hold or could not be answered.
    """

    name: str
    decisive: str
    """The code of the question that decided, by the law of the day of the finding."""
    outcomes: Outcomes
    flags: tuple[str, ...]
    notes: tuple[Note, ...]
    answers: tuple[Answer, ...]
    rulebook: str
    """The version in force on the day of the finding."""
    digest: str
    """SHA-256 of that version, of its texts and provisions."""
    cutoff: dt.datetime
    milder: tuple[str, ...] = ()
    """Respondents for whom the law of the day of the decision is milder."""
    rulebook_decided: str = ""
    """The version of the day of the decision, where it is another one."""

    @property
    def enterprise(self) -> Outcome:
        """What is proposed for the enterprise."""
        return self.outcomes.enterprise

    @property
    def principal(self) -> Outcome:
        """What is proposed for its principal."""
        return self.outcomes.principal

    @property
    def team(self) -> Outcome:
        """What is proposed for its inspection team."""
        return self.outcomes.team

    @property
    def listed(self) -> tuple[Answer, ...]:
        """The answers that hold, and those that the record does not give."""
        return tuple(answer for answer in self.answers if answer.holds is not False)

    def plain(self, language: str = "zh") -> dict[str, Any]:
        """Return it as JSON has it, texts in the language, always in the same order."""
        plain: dict[str, Any] = {
            "name": self.name,
            "decisive": self.decisive,
            "enterprise": self.enterprise.plain(),
            "principal": self.principal.plain(),
            "team": self.team.plain(),
            "flags": list(self.flags),
            "notes": [str(note) for note in self.notes],
            "answers": [answer.plain(language) for answer in self.listed],
            "rulebook": self.rulebook,
            "rulebook_digest": self.digest,
            "cutoff": self.cutoff.astimezone(SHANGHAI).isoformat(),
        }
        if self.rulebook_decided:
            plain["rulebook_decided"] = self.rulebook_decided
            plain["milder"] = list(self.milder)
        return plain
