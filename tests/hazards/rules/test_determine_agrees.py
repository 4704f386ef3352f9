"""The rulebook and the second account of it agree, whatever the facts."""

# R15

import datetime as dt
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hazards.queries.workdays import ChineseCalendar
from hazards.rules import facts_files
from hazards.rules.determine import determine
from hazards.rules.facts import Facts
from hazards.rules.rulebook import RULEBOOKS
from tests.hazards.rules.account import account, as_said
from tests.hazards.rules.random_facts import make

CALENDAR = ChineseCalendar()
MAY_PENALISE = {
    "falsified",
    "stop-order-defied",
    "rectification-overdue",
    "reported-after-cutoff",
    "known-unreported",
    "missing-quarter",
    "principal-absent",
}
MILDEST_FIRST = {
    "none": 0,
    "no_penalty": 1,
    "review": 2,
    "penalty": 3,
    "accountability": 3,
}


@st.composite
def all_facts(draw: st.DrawFn) -> Facts:
    """Draw facts near the instants on which decisions turn."""
    return make(lambda choices: draw(st.sampled_from(list(choices))))


@settings(max_examples=250, deadline=None)
@given(st.integers(0, 10**9))
def test_both_accounts_agree(seed: int) -> None:
    """Hundreds of files; drawn as below they would take ten times as long."""
    check_agreement(make(random.Random(seed).choice))  # noqa: S311 (no secret)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(all_facts())
def test_every_promise_holds_of_any_facts(facts: Facts) -> None:
    """A few files, of which Hypothesis finds the smallest should one fail."""
    check_agreement(facts)
    check_unknowns(facts)
    check_written(facts)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**9))
def test_each_respondent_has_the_milder_of_two_laws(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (no secret)
    facts = make(chance.choice)
    [old] = RULEBOOKS
    later = replace(
        old,
        version="another",
        since=facts.finding.found_at.date() + dt.timedelta(days=2),
        questions=tuple(
            replace(
                question,
                enterprise=chance.choice(old.questions).enterprise,
                principal=chance.choice(old.questions).principal,
                team=chance.choice(old.questions).team,
            )
            for question in old.questions
        ),
    )
    said = determine(replace(facts, decided_on=later.since), CALENDAR, [old, later])
    then = determine(facts, CALENDAR, [old])
    now = determine(facts, CALENDAR, [replace(later, since=old.since)])
    for outcome, before, after in zip(
        said.outcomes, then.outcomes, now.outcomes, strict=True
    ):
        is_milder = MILDEST_FIRST[after.outcome] < MILDEST_FIRST[before.outcome]
        assert outcome == (after if is_milder else before)
    assert replace(as_said(said), outcomes=as_said(then).outcomes) == as_said(then)
    assert said.rulebook == old.version
    assert determine(
        replace(facts, decided_on=later.since - dt.timedelta(days=1)),
        CALENDAR,
        [old, later],
    ) == replace(then, name=said.name)


def check_agreement(facts: Facts) -> None:
    """Say whether the two accounts of the facts are one."""
    assert as_said(determine(facts, CALENDAR)) == account(facts, CALENDAR.is_workday)


def check_unknowns(facts: Facts) -> None:
    """Say whether only what is known is penalised, and to know less is no worse."""
    said = determine(facts, CALENDAR)
    [decisive] = [answer for answer in said.answers if answer.code == said.decisive]
    assert decisive.holds is True
    before = [outcome.outcome for outcome in said.outcomes]
    if "penalty" in before:
        assert said.decisive in MAY_PENALISE
    for forgotten in less_known(facts):
        after = [outcome.outcome for outcome in determine(forgotten, CALENDAR).outcomes]
        for was, is_now in zip(before, after, strict=True):
            assert is_now != "penalty" or was == "penalty"


def less_known(facts: Facts) -> Iterator[Facts]:
    """Yield the facts without one or another thing whose absence means: not known."""

    def of_finding(**forgotten: Any) -> Facts:
        return replace(facts, finding=replace(facts.finding, **forgotten))

    yield of_finding(match=None)
    yield of_finding(measures_effective=None)
    yield replace(facts, enterprise=replace(facts.enterprise, principals=()))
    for number, inspection in enumerate(facts.inspections):
        inspections = list(facts.inspections)
        inspections[number] = replace(inspection, took_part=None)
        yield replace(facts, inspections=tuple(inspections))


def check_written(facts: Facts) -> None:
    """Say whether the facts come back from both of their forms."""
    plain = json.dumps(facts_files.plain(facts), ensure_ascii=False).encode()
    written = facts_files.toml(facts).encode()
    assert facts_files.read(plain, name="else", is_json=True) == facts
    assert facts_files.read(written, name="else", is_json=False) == facts
