"""The decision, case by case, as a lawyer reads it."""

import pytest

from hazards.queries.workdays import ChineseCalendar
from hazards.rules import facts_files
from hazards.rules.determine import determine
from tests.hazards.rules.account import account, as_said
from tests.hazards.rules.cases.determine import Case, every_case

CALENDAR = ChineseCalendar()
CASES = [pytest.param(case, id=case.name) for case in every_case()]


def test_each_case_has_a_name_of_its_own() -> None:
    names = [case.name for case in every_case()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", CASES)
def test_the_rulebook_and_the_second_account_say_what_the_case_says(case: Case) -> None:
    facts = facts_files.read(case.content(), name="a case", is_json=True)
    for said in (
        as_said(determine(facts, CALENDAR)),
        account(facts, CALENDAR.is_workday),
    ):
        assert said.decisive == case.decisive
        assert said.outcomes == case.outcomes
        assert said.flags == case.flags
        assert said.late == case.late
        assert case.also | {case.decisive} <= said.holding
