"""Determinations as they are made, kept and made again."""

import datetime as dt
import json
import uuid

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError, ProgrammingError
from django.test.utils import CaptureQueriesContext

from accounts.models import Event
from accounts.permissions import NotPermittedError
from hazards.models import Determination
from hazards.queries.determination_facts import facts_of, records
from hazards.queries.redetermination import redetermine
from hazards.queries.workdays import ChineseCalendar
from hazards.rules import case_files, seals
from hazards.rules.determine import determine
from hazards.rules.facts import MatchFacts
from hazards.rules.facts_files import plain, read, toml
from hazards.services import determinations, general_hazards
from tests.factories_lives import on_day_of
from tests.factories_reports import Desks
from tests.hazards.cases.conftest import (
    ARRIVAL,
    HOUR,
    Case,
    graded_general_case,
    reported_case,
)

pytestmark = pytest.mark.django_db


class TestFacts:
    def test_read_back_from_a_file_are_the_same(self, reported: Case) -> None:
        facts = facts_of(reported.finding, at=reported.at)

        as_toml = read(toml(facts).encode(), name="other", is_json=False)
        written = json.dumps(plain(facts)).encode()

        assert as_toml == facts
        assert read(written, name="other", is_json=True) == facts

    def test_hold_no_name_of_a_person(self, reported: Case) -> None:
        text = toml(facts_of(reported.finding, at=reported.at))

        desks, visited = reported.desks, reported.visited
        people = [desks.principal, desks.clerk, desks.leader, desks.member]
        for acting in [*people, visited.officer, visited.colleague]:
            assert acting.user.full_name not in text

    def test_say_the_hazard_as_it_stood_at_the_cut_off(self, reported: Case) -> None:
        facts = facts_of(reported.finding, at=reported.at)

        (hazard,) = facts.hazards
        assert reported.hazard is not None
        assert hazard.id == reported.hazard.number
        assert hazard.reported_at == reported.hazard.first_reported_at
        assert hazard.planned_at == reported.hazard.planned_at
        assert hazard.reported_to == facts.enterprise.responsible_bureau
        assert len(hazard.plan) == 6
        assert hazard.interim_measures

    def test_leave_out_what_was_compared_later(self, reported: Case) -> None:
        compared = reported.finding.matches.get().at

        before = facts_of(reported.finding, at=compared - HOUR)

        assert before.finding is not None
        assert before.finding.match is None
        then = facts_of(reported.finding, at=compared).finding
        assert then is not None
        assert then.match is not None

    def test_say_of_what_was_graded_general_that_it_was(self, desks: Desks) -> None:
        general, case = graded_general_case(desks)

        facts = facts_of(case.finding, at=case.at)

        (hazard,) = facts.hazards
        assert (hazard.id, hazard.graded) == (general.number, "general")
        assert hazard.registered_at == general.recorded_at
        assert read(toml(facts).encode(), name="other", is_json=False) == facts
        made = case.determined()
        assert made.decisive == "graded-general"
        assert made.enterprise_outcome == "review"

    def test_tell_nothing_by_a_general_one_struck_out_before(
        self, desks: Desks
    ) -> None:
        general, case = graded_general_case(desks)
        before = ARRIVAL - HOUR
        general_hazards.strike_out(
            hazard_id=general.pk,
            because="重复记录。",
            by=on_day_of(desks.clerk, before),
            at=before,
        )

        facts = facts_of(case.finding, at=case.at)

        assert facts.hazards == ()
        assert facts.finding.match == MatchFacts(None, "unclear")

    def test_take_as_many_queries_for_many_enterprises_as_for_one(self) -> None:
        cases = [reported_case() for _ in range(3)]
        owners = [case.desks.enterprise.pk for case in cases]

        with CaptureQueriesContext(connection) as one:
            list(records(owners[:1], at=ARRIVAL))
        with CaptureQueriesContext(connection) as all_of_them:
            found = dict(records(owners, at=ARRIVAL))

        assert sorted(found) == sorted(owners)
        assert len(all_of_them) == len(one) <= 22


class TestDetermine:
    def test_keeps_what_the_command_line_would_say(self, reported: Case) -> None:
        made = reported.determined()

        kept = json.loads(bytes(made.content))
        facts = facts_of(reported.finding, at=reported.at)
        assert kept["result"] == determine(facts, ChineseCalendar()).plain()
        assert made.content_sha256 == seals.digest(bytes(made.content))
        assert made.enterprise_outcome == kept["result"]["enterprise"]["outcome"]

    def test_refuses_another_bureau(self, reported: Case) -> None:
        other = reported_case()

        with pytest.raises(NotPermittedError, match="Another bureau"):
            determinations.determine(
                finding_id=reported.finding.pk, by=other.visited.officer, at=other.at
            )

    def test_leaves_a_trace(self, reported: Case) -> None:
        made = reported.determined()

        event = Event.objects.about(reported.finding).last()
        assert event is not None
        assert (event.action, event.parameters["number"]) == ("determine", made.number)

    @pytest.mark.parametrize("what", ["UPDATE {} SET decisive = ''", "DELETE FROM {}"])
    def test_is_never_changed(self, reported: Case, what: str) -> None:
        reported.determined()

        with (
            pytest.raises((InternalError, ProgrammingError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(what.format(Determination._meta.db_table))


# R15
class TestMadeAgain:
    def test_gives_the_same_bytes(self, reported: Case) -> None:
        made = reported.determined()

        assert [(m.number, m.fault) for m in redetermine()] == [(made.number, "")]

    def test_says_which_one_does_not(self, reported: Case) -> None:
        made = reported.determined()
        content = json.loads(bytes(made.content))
        content["result"]["decisive"] = "relief"
        forged = seals.canonical(content)
        made.pk, made.public_id, made.number = None, uuid.uuid4(), "RD-forged"
        made.content, made.content_sha256 = forged, seals.digest(forged)
        made.save(force_insert=True)

        (again,) = redetermine([made.number])

        assert not again.is_same

    def test_names_a_number_that_is_not_there(self) -> None:
        (again,) = redetermine(["RD-1"])

        assert "no determination" in again.fault

    def test_looks_at_the_days_off_it_looked_at_then(self) -> None:
        day = dt.date(2026, 7, 15)
        watched = case_files.WatchedCalendar(ChineseCalendar())

        assert watched.is_workday(day)
        assert case_files.KeptCalendar(watched.asked).knows(day)


def test_times_are_kept_to_the_microsecond(reported: Case) -> None:
    at = ARRIVAL + 2 * HOUR + dt.timedelta(microseconds=1)

    made = reported.determined(at=at)

    assert json.loads(bytes(made.content))["frame"]["at"].endswith(".000001+00:00")
