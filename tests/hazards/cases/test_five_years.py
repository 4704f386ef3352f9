"""A determination gives the same bytes whatever comes after it."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.services import policies
from hazards.models import ReportStatus
from hazards.queries.redetermination import redetermine
from hazards.rules.quarters import Quarter
from hazards.rules.rulebook import RULEBOOKS, Rulebook
from hazards.services.case_documents import determination_pdf
from tests.factories_lives import confirm_acceptance, on_day_of, record_acceptance
from tests.factories_reports import make_report
from tests.hazards.cases.conftest import DAY, Case

pytestmark = pytest.mark.django_db
YEARS = dt.timedelta(days=5 * 366)


def another_rulebook(case: Case) -> Rulebook:
    """A later version that asks nothing but the last question."""
    last = RULEBOOKS[-1]
    return replace(
        last,
        version="2030-01-01",
        since=case.at.date() + dt.timedelta(days=1),
        questions=last.questions[-1:],
        digest="0" * 64,
    )


# R15
class TestAfterFiveYears:
    def test_of_later_records_policies_days_off_and_rulebooks(
        self, reported: Case
    ) -> None:
        made = reported.determined()
        before, desks = determination_pdf(made), reported.desks
        at = reported.at + YEARS

        assert reported.hazard is not None
        act = record_acceptance(reported.hazard, desks, at=reported.at + DAY)
        confirm_acceptance(reported.hazard, act, desks, at=reported.at + 2 * DAY)
        make_report(
            desks, status=ReportStatus.ACCEPTED, quarter=Quarter(2025, 4), at=at
        )
        head = on_day_of(desks.head, at)
        for name, value in (("cutoff", "finding"), ("missing_quarter_effect", "none")):
            policies.set_policy(
                bureau=desks.bureau,
                name=name,
                value=value,
                starts_on=head.on + dt.timedelta(days=1),
                reason="新的口径",
                by=head,
                at=at,
            )
        policies.set_day(
            bureau=desks.bureau,
            day=dt.date(2026, 7, 15),
            is_workday=False,
            reason="台风",
            by=head,
            at=at,
        )
        desks.enterprise.established_on = dt.date(2026, 7, 1)
        desks.enterprise.save()

        books = [*RULEBOOKS, another_rulebook(reported)]
        (again,) = redetermine(rulebooks=books)

        assert again.is_same
        assert determination_pdf(made) == before

    def test_says_so_where_its_rulebook_is_gone(self, reported: Case) -> None:
        reported.determined()

        (again,) = redetermine(rulebooks=[another_rulebook(reported)])

        assert "no version" in again.fault


@pytest.mark.django_db(transaction=True)
def test_the_commands_print_it(
    reported: Case, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = reported.determined()

    call_command("redetermine")
    said = capsys.readouterr().out
    call_command("export_facts", made.number)
    facts = tmp_path / "facts.toml"
    facts.write_text(capsys.readouterr().out)
    call_command("determine", str(facts))
    answered = json.loads(capsys.readouterr().out)

    assert f"{made.number}: the same" in said
    assert answered == json.loads(bytes(made.content))["result"]


def test_facts_of_nothing_are_refused_in_one_line() -> None:
    with pytest.raises(CommandError, match="There is no finding"):
        call_command("export_facts", "CF-1")
