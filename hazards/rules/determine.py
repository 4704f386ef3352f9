"""
The function that proposes: from facts to outcomes for enterprise, principal and team,
with every question and answer (circular 应急〔2025〕11号, item 10).
"""

from collections.abc import Sequence
from typing import NamedTuple

from hazards.rules.cutoff import day_of
from hazards.rules.deadlines import WorkdayCalendar
from hazards.rules.facts import Facts
from hazards.rules.outcomes import (
    RESPONDENTS,
    SEVERITY,
    Answer,
    Determination,
    Outcomes,
    Said,
)
from hazards.rules.record import Case
from hazards.rules.rulebook import RULEBOOKS, Question, Rulebook, rulebook_on
from hazards.rules.terms import terms_of


class _Judged(NamedTuple):
    decisive: str
    outcomes: Outcomes
    answers: tuple[Answer, ...]


def determine(
    facts: Facts,
    calendar: WorkdayCalendar,
    rulebooks: Sequence[Rulebook] = RULEBOOKS,
) -> Determination:
    """
    Propose what the finding leads to, by the law of its day, or for a respondent by
    that of the day of the decision where it is milder (行政处罚法 art. 37).

    The same facts, calendar and rulebooks always give the same answer.
    """
    found_on = day_of(facts.finding.found_at)
    then = rulebook_on(found_on, rulebooks)
    terms = terms_of(facts.policy, calendar, found_on)
    case = Case(facts, terms, found_on=found_on, first_year=then.first_year)
    judged = _judge(case, then)
    now = rulebook_on(facts.decided_on or found_on, rulebooks)
    outcomes = judged.outcomes
    milder: tuple[str, ...] = ()
    if now is not then:
        again = Case(facts, terms, found_on=found_on, first_year=now.first_year)
        outcomes, milder = _mildest(judged.outcomes, _judge(again, now).outcomes)
    return Determination(
        name=facts.name,
        decisive=judged.decisive,
        outcomes=outcomes,
        flags=case.flags,
        notes=case.notes,
        answers=judged.answers,
        rulebook=then.version,
        digest=then.digest,
        cutoff=case.at,
        milder=milder,
        rulebook_decided="" if now is then else now.version,
    )


def _judge(case: Case, rulebook: Rulebook) -> _Judged:
    stages = case.stages
    answers: list[Answer] = []
    decisive, outcomes = "", None
    for question in rulebook.questions:
        if question.stage not in stages:
            answers.append(question.not_asked)
            continue
        case.begin(decided=outcomes is not None)
        said = question.ask(case)
        if said.holds:
            led_to = _outcomes(question, said, case)
            if said.decides and outcomes is None:
                decisive, outcomes = question.code, led_to
        answers.append(
            Answer(
                question.text,
                said.holds,
                said.because or _SENTENCES[said.holds],
                said.params,
                case.reads,
                said.records,
            )
        )
    if outcomes is None:
        msg = f"The rulebook {rulebook.version} leaves a finding without an answer."
        raise ValueError(msg)
    return _Judged(decisive, outcomes, tuple(answers))


_SENTENCES = {True: "yes", False: "no", None: "unknown"}


def _outcomes(question: Question, said: Said, case: Case) -> Outcomes:
    return Outcomes(
        said.enterprise or question.enterprise.outcome_in(case),
        said.principal or question.principal.outcome_in(case),
        said.team or question.team.outcome_in(case),
    )


def _mildest(then: Outcomes, now: Outcomes) -> tuple[Outcomes, tuple[str, ...]]:
    """Take the milder outcome of each respondent; a tie keeps that of the finding."""
    milder = tuple(
        respondent
        for respondent, before, after in zip(RESPONDENTS, then, now, strict=True)
        if SEVERITY[after.outcome] < SEVERITY[before.outcome]
    )
    return then._replace(**{name: getattr(now, name) for name in milder}), milder
