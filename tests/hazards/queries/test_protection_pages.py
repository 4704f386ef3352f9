"""Whether the record would protect, before anyone comes: pages and rule agree."""

import datetime as dt
import html
import uuid
from dataclasses import replace
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Acting, Enterprise
from hazards.models import HazardActKind, MajorHazard
from hazards.queries.determination_facts import records
from hazards.queries.protection_pages import of_bureau, of_enterprise, of_hazard
from hazards.queries.what_ifs import WhatIf, suppose
from hazards.queries.workdays import ChineseCalendar
from hazards.rules.likeness import Described
from hazards.rules.protection import Protection, ProtectionStatus, protection
from hazards.rules.provisions import provision
from hazards.services import progress, registrations
from hazards.templatetags.protection import because
from tests.database.stages import stage
from tests.factories import NOW, SHANGHAI, TODAY, make_bureau, signed_in
from tests.factories_lives import (
    DUE_ON,
    accepted_hazard,
    begin_report,
    do,
    doing,
    plan_for,
    reported_hazard,
    send_and_sign,
)
from tests.factories_reports import Desks, make_desks
from tests.hazards.queries.test_held_hazards import copies_of

pytestmark = pytest.mark.django_db

EXPOSED, AT_RISK = ProtectionStatus.EXPOSED, ProtectionStatus.AT_RISK
MICROSECOND = dt.timedelta(microseconds=1)
MIDNIGHT = dt.datetime.combine(
    DUE_ON + dt.timedelta(days=1), dt.time(), tzinfo=SHANGHAI
)
IN_TWO_DAYS = NOW + dt.timedelta(days=2)


@stage
def desks(db: None) -> Desks:
    """An enterprise so young that nothing was asked of it before."""
    made = make_desks(bureau=make_bureau())
    Enterprise.objects.filter(pk=made.enterprise.pk).update(established_on=TODAY)
    return made


def by_rule(desks: Desks, number: str | None, *, at: dt.datetime) -> Protection:
    ((_, facts),) = records([desks.enterprise.pk], at=at)
    return protection(facts, hazard=number, at=at, calendar=ChineseCalendar())


def later(minutes: int) -> dt.datetime:
    return NOW + dt.timedelta(minutes=minutes)


def on_schedule(desks: Desks, *, at: dt.datetime = NOW) -> MajorHazard:
    """A hazard reported within the hour, whose plan was received a minute later."""
    minute = dt.timedelta(minutes=1)
    hazard = reported_hazard(desks, at=at - minute, found_at=at - 60 * minute)
    send_and_sign(plan_for(hazard, desks, at=at), desks, at=at)
    hazard.refresh_from_db()
    return hazard


def test_each_line_is_what_the_rule_says_and_the_exposed_lead(desks: Desks) -> None:
    planned = on_schedule(desks, at=later(1))
    bare = reported_hazard(desks, at=later(9))
    done = accepted_hazard(desks, at=later(20))

    page = of_enterprise(desks.enterprise, reader=desks.clerk, at=IN_TWO_DAYS)

    lines = {
        line.hazard.number if line.hazard else None: line.protection
        for line in page.lines
    }
    assert set(lines) == {None, planned.number, bare.number, done.number}
    for number, said in lines.items():
        assert said == by_rule(desks, number, at=IN_TWO_DAYS)
    assert [line.hazard for line in page.lines[:2]] == [bare, planned]
    assert lines[bare.number].status == EXPOSED
    assert lines[planned.number].status == AT_RISK
    # What is said to be eliminated can only be found again: it never leads.
    assert [line.hazard for line in page.done] == [done]
    assert (page.exposed, page.at_risk, page.protected) == (1, 2, 0)


@pytest.mark.parametrize(
    ("at", "status", "decisive"),
    [
        (MIDNIGHT - MICROSECOND, AT_RISK, "relief"),
        (MIDNIGHT, EXPOSED, "rectification-overdue"),
    ],
)
def test_the_deadline_day_protects_to_its_last_microsecond(
    desks: Desks, at: dt.datetime, status: ProtectionStatus, decisive: str
) -> None:
    hazard = on_schedule(desks)
    progress.record(
        hazard_id=hazard.pk,
        doing=doing(desks, "已完成一半。"),
        by=desks.clerk,
        at=later(60),
    )
    line = of_hazard(hazard, at=at)
    assert line is not None
    assert line.protection.status == status
    assert line.protection.determination.decisive == decisive
    assert line.protection.ends_at == (MIDNIGHT if status == AT_RISK else None)


def test_a_hazard_that_is_not_registered_counts_as_one_on_no_record(
    desks: Desks,
) -> None:
    begin_report(desks)
    hazard = MajorHazard.objects.get(enterprise=desks.enterprise)
    line = of_hazard(hazard, at=later(5))
    assert line is not None
    assert not line.is_on_record
    assert line.protection == by_rule(desks, None, at=later(5))


def test_what_is_off_the_books_is_not_judged(desks: Desks) -> None:
    hazard = reported_hazard(desks)
    do(hazard, HazardActKind.DOWNGRADE, desks.reviewer)
    assert of_hazard(hazard, at=IN_TWO_DAYS) is None


def test_a_bureau_is_not_told_what_was_never_reported_to_it(desks: Desks) -> None:
    told = reported_hazard(desks)
    begin_report(desks, at=later(9))
    untold = MajorHazard.objects.exclude(pk=told.pk).get()
    MajorHazard.objects.filter(pk=untold.pk)
    registrations.register(
        report_id=untold.reports.get().pk,
        hazard_id=untold.pk,
        by=desks.clerk,
        at=later(10),
    )

    def seen(reader: Acting) -> set[MajorHazard | None]:
        page = of_enterprise(desks.enterprise, reader=reader, at=IN_TWO_DAYS)
        return {line.hazard for line in page.lines}

    assert seen(desks.clerk) == {None, told, untold}
    assert seen(desks.reviewer) == {None, told}
    like = Described(clause="order-10-2023/3(1)")
    supposed = suppose(desks.enterprise, like, reader=desks.reviewer, at=IN_TWO_DAYS)
    assert {each.hazard for each in supposed.kept} <= {told}


def test_the_queries_of_a_page_do_not_grow_with_the_hazards(desks: Desks) -> None:
    hazard = on_schedule(desks)
    counted = []
    for more in (0, 29):
        # Undone before anybody asks the copies for their acts.
        with transaction.atomic():
            copies_of(hazard, more, path=("reported", "planned") if more else ())
            with CaptureQueriesContext(connection) as asked:
                page = of_enterprise(
                    desks.enterprise, reader=desks.clerk, at=IN_TWO_DAYS
                )
            assert len(page.lines) == 2 + more
            counted.append(len(asked))
            transaction.set_rollback(True)
    assert counted[0] == counted[1]


def test_a_page_says_when_more_is_open_than_it_judges(desks: Desks) -> None:
    on_schedule(desks, at=later(1))
    bare = reported_hazard(desks, at=later(9))
    page = of_enterprise(desks.enterprise, reader=desks.clerk, at=IN_TWO_DAYS, limit=1)
    assert page.is_cut
    assert [line.hazard for line in page.lines] == [bare, None]


def test_a_bureau_comes_in_batches_each_with_as_many_queries(desks: Desks) -> None:
    others = [make_desks(bureau=desks.bureau) for _ in range(3)]
    hazard = on_schedule(desks)
    counted = []
    for batch in (4, 2):
        with CaptureQueriesContext(connection) as asked:
            found = dict(of_bureau(desks.bureau, at=IN_TWO_DAYS, batch=batch))
        counted.append(len(asked))
        assert set(found) == {one.enterprise.pk for one in (desks, *others)}
        for one in (desks, *others):
            numbers = [None, hazard.number] if one is desks else [None]
            said = [by_rule(one, number, at=IN_TWO_DAYS) for number in numbers]
            assert list(found[one.enterprise.pk]) == said
    assert counted[1] <= 2 * counted[0]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_desk_and_the_story_say_what_the_rule_says(
    desks: Desks, language: str
) -> None:
    hazard = reported_hazard(desks)
    line = of_hazard(hazard, at=timezone.now())
    assert line is not None
    spoken = "zh" if language.startswith("zh") else "en"
    for address in (reverse("desk"), reverse("hazard", args=[hazard.public_id])):
        page = shown(desks, address, language)
        assert f"shield-{line.protection.status}" in page
        for todo in line.protection.todo:
            assert todo.sentence(spoken) in page
        with translation.override(language):
            # The minute of the cut-off has moved on by now.
            before, _, after = because(line).partition(f"{timezone.now():%Y-}")
            assert before in page
            assert after.partition("，")[2] in page
        card = page.partition("shield-")[2].partition("</section>")[0]
        assert "illegal" not in page.lower()
        assert "违法" not in card


def test_a_sentence_names_minutes_and_nothing_finer(desks: Desks) -> None:
    hazard = reported_hazard(desks)
    line = of_hazard(hazard, at=IN_TWO_DAYS + dt.timedelta(seconds=7, microseconds=3))
    assert line is not None
    with translation.override("en"):
        assert "At the cut-off 2026-07-08 10:00, hazard" in because(line)


def test_a_what_if_answers_for_the_likest_hazard_unless_told_otherwise(
    desks: Desks,
) -> None:
    hazard = on_schedule(desks)
    stated = hazard.statements.latest("id")
    found = Described(stated.clause, stated.site_id, stated.place)

    def supposed(**told: object) -> WhatIf:
        return suppose(
            desks.enterprise,
            found,
            reader=desks.clerk,
            at=IN_TWO_DAYS,
            **told,  # type: ignore[arg-type]
        )

    assert supposed().chosen == hazard
    assert (
        supposed().determination
        == by_rule(desks, hazard.number, at=IN_TWO_DAYS).determination
    )
    for told in ({"is_new": True}, {"hazard": uuid.uuid4()}):
        other = supposed(**told)
        assert other.chosen is None
        assert other.determination == by_rule(desks, None, at=IN_TWO_DAYS).determination
    elsewhere = replace(found, clause="order-10-2023/4(1)")
    other = suppose(desks.enterprise, elsewhere, reader=desks.clerk, at=IN_TWO_DAYS)
    assert other.chosen is None


def test_the_what_if_page_shows_every_question_with_its_articles(desks: Desks) -> None:
    hazard = on_schedule(desks)
    clause = hazard.statements.latest("id").clause
    page = shown(desks, f"{reverse('what-if')}?clause={quote(clause)}", "en")
    for answer in by_rule(
        desks, hazard.number, at=timezone.now()
    ).determination.answers:
        assert answer.question("en") in page
        if answer.is_asked:
            for key in answer.provisions:
                assert provision(key).en in page
    other = shown(
        desks, f"{reverse('what-if')}?clause={quote(clause)}&hazard=none", "en"
    )
    assert "Supposed to be on nobody" in other


@pytest.mark.parametrize("name", ["protection", "what-if"])
def test_a_bureau_looks_at_one_enterprise_that_it_sees(desks: Desks, name: str) -> None:
    other = make_desks()
    address = f"{reverse(name)}?enterprise={desks.enterprise.public_id}"
    seen = signed_in(desks.reviewer).get(address)
    assert desks.enterprise.name in seen.content.decode()
    assert signed_in(other.reviewer).get(address).status_code == 404
    unread = f"{reverse(name)}?enterprise=never"
    assert signed_in(desks.reviewer).get(unread).status_code == 404
    # An enterprise's own people see their own, whatever the address names.
    own = signed_in(other.clerk).get(address).content.decode()
    assert other.enterprise.name in own
    assert desks.enterprise.name not in own


def shown(desks: Desks, address: str, language: str) -> str:
    client = signed_in(desks.clerk)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = client.get(address)
    assert response.status_code == 200
    return html.unescape(response.content.decode())
