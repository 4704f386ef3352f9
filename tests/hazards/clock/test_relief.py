"""What takes a duty away, and brings it back; on either side of each border."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError

from accounts.models import Acting, Enterprise, Event, Notice, Role
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import (
    Attachment,
    ComplianceFlag,
    ReportStatus,
    Suspension,
    Waiver,
)
from hazards.services import foundings, suspensions, unused_files, waivers
from hazards.services.suspensions import Stop
from tests.factories import SHANGHAI, make_acting, make_membership
from tests.factories_reports import Desks, make_desks, make_report, make_scan
from tests.hazards.clock.conftest import (
    DUE_AT,
    MICROSECOND,
    flags_of,
    of_quarter,
    of_year,
    run,
    shanghai,
)
from tests.hazards.services.traces import people, told

JULY = shanghai("2026-07-10 10:00")
REASON = "全厂停产检修。"
WHY = "用电记录与现场核查一致。"


def on_day_of(by: Acting, at: dt.datetime) -> Acting:
    """The person, acting on the day of the instant."""
    return replace(by, on=at.astimezone(SHANGHAI).date())


def declare(
    desks: Desks,
    *,
    from_on: dt.date = dt.date(2026, 3, 20),
    to_on: dt.date | None = None,
    at: dt.datetime = JULY,
    **changes: Any,
) -> Suspension:
    """The clerk declares a stop that began before the second quarter and runs."""
    stop = Stop(from_on, to_on, REASON, changes.pop("evidence", make_scan(desks)))
    by = on_day_of(changes.pop("by", desks.clerk), at)
    return suspensions.declare(stop=replace(stop, **changes), by=by, at=at)


def answer(
    desks: Desks,
    stop: Suspension,
    *,
    confirmed: bool = True,
    by: Acting | None = None,
    at: dt.datetime = JULY,
) -> Suspension:
    """The reviewer answers."""
    return suspensions.answer(
        suspension_id=stop.pk,
        confirmed=confirmed,
        reason=WHY,
        by=on_day_of(by or desks.reviewer, at),
        at=at,
    )


def resume(
    desks: Desks, stop: Suspension, to_on: dt.date, *, at: dt.datetime = JULY
) -> Suspension:
    """The clerk says that the enterprise works again."""
    by = on_day_of(desks.clerk, at)
    return suspensions.resume(suspension_id=stop.pk, to_on=to_on, by=by, at=at)


def correct_end(
    desks: Desks,
    stop: Suspension,
    to_on: dt.date,
    *,
    by: Acting | None = None,
    at: dt.datetime = JULY,
) -> Suspension:
    """The clerk corrects the last day."""
    return suspensions.correct_end(
        suspension_id=stop.pk,
        to_on=to_on,
        reason="日期录入有误，以复工通知为准。",
        by=on_day_of(by or desks.clerk, at),
        at=at,
    )


def waive(
    desks: Desks,
    *,
    expires_on: dt.date | None = None,
    by: Acting | None = None,
    at: dt.datetime = JULY,
    reason: str = "同意本季度免报。",
) -> Waiver:
    """The reviewer waives the quarter."""
    return waivers.grant(
        obligation=of_quarter(desks),
        reason=reason,
        expires_on=expires_on,
        by=on_day_of(by or desks.reviewer, at),
        at=at,
    )


def correct(
    desks: Desks,
    established_on: dt.date,
    *,
    by: Acting | None = None,
    at: dt.datetime = JULY,
    reason: str = "营业执照载明的成立日期。",
) -> None:
    """The reviewer corrects the founding day."""
    foundings.correct(
        enterprise=Enterprise.objects.get(pk=desks.enterprise.pk),
        established_on=established_on,
        reason=reason,
        by=on_day_of(by or desks.reviewer, at),
        at=at,
    )


class TestAStop:
    def test_undecided_makes_the_quarter_one_to_be_judged(self, opened: Desks) -> None:
        declare(opened)
        assert of_quarter(opened).outlook == "pending"
        run(DUE_AT + MICROSECOND)
        assert of_quarter(opened).state == "pending"
        assert "missing_quarter" not in flags_of(of_quarter(opened))

    def test_confirmed_and_still_running_takes_the_quarter_away(
        self, opened: Desks
    ) -> None:
        answer(opened, declare(opened))
        run(DUE_AT + MICROSECOND)
        assert of_quarter(opened).state == "exempt"

    def test_refused_leaves_it_owed(self, opened: Desks) -> None:
        answer(opened, declare(opened), confirmed=False)
        assert of_quarter(opened).outlook == "missing"

    @pytest.mark.parametrize(
        ("from_on", "to_on", "state"),
        [
            (dt.date(2026, 4, 1), dt.date(2026, 6, 30), "exempt"),
            (dt.date(2026, 4, 2), dt.date(2026, 6, 30), "missing"),
            (dt.date(2026, 4, 1), dt.date(2026, 6, 29), "missing"),
            (dt.date(2026, 4, 2), None, "missing"),
        ],
    )
    def test_must_cover_every_day_of_the_quarter(
        self, opened: Desks, from_on: dt.date, to_on: dt.date | None, state: str
    ) -> None:
        answer(opened, declare(opened, from_on=from_on, to_on=to_on))
        run(DUE_AT + MICROSECOND)
        assert of_quarter(opened).state == state

    def test_confirmed_after_the_due_day_clears_the_flag(self, opened: Desks) -> None:
        run(DUE_AT + MICROSECOND)
        after = shanghai("2026-08-03 09:00")
        stop = declare(opened, at=after)
        # Declared late: until somebody decides, it counts from its declaration.
        assert of_quarter(opened).state == "pending"
        answer(opened, stop, at=after)
        assert of_quarter(opened).state == "exempt"
        assert flags_of(of_quarter(opened))["missing_quarter"] == "cleared"

    def test_refused_after_the_due_day_lets_the_flag_stand_again(
        self, opened: Desks
    ) -> None:
        run(DUE_AT + MICROSECOND)
        after = shanghai("2026-08-03 09:00")
        answer(opened, declare(opened, at=after), confirmed=False, at=after)
        assert of_quarter(opened).state == "missing"
        assert flags_of(of_quarter(opened))["missing_quarter"] == "standing"
        flag = ComplianceFlag.objects.get(kind="missing_quarter")
        changes = flag.events.order_by("id").values_list("change", flat=True)
        assert list(changes) == ["raised", "cleared", "stood_again"]

    def test_ended_within_the_quarter_brings_it_back(self, opened: Desks) -> None:
        stop = answer(opened, declare(opened))
        assert of_quarter(opened).outlook == "exempt"
        resume(opened, stop, dt.date(2026, 5, 31))
        assert of_quarter(opened).outlook == "missing"

    def test_over_the_whole_year_takes_the_principal_s_part_away(
        self, opened: Desks
    ) -> None:
        stop = declare(opened, from_on=dt.date(2025, 12, 1))
        assert of_year(opened).outlook == "missing"
        answer(opened, stop)
        assert of_year(opened).outlook == "exempt"

    def test_is_told_to_the_other_side(self, opened: Desks) -> None:
        stop = declare(opened)
        office = people(opened.reviewer, opened.colleague, opened.head)
        assert told("suspension_declared") == office | people(opened.principal)
        answer(opened, stop)
        team = people(opened.clerk, opened.leader, opened.principal)
        assert told("suspension_answered") == team
        resume(opened, stop, dt.date(2026, 7, 9))
        assert told("suspension_ended") == office | people(opened.principal)
        said = Notice.objects.filter(kind="suspension_answered").first()
        assert said is not None
        assert WHY in said.body

    def test_keeps_who_did_what_in_events(self, opened: Desks) -> None:
        stop = declare(opened)
        answer(opened, stop)
        resume(opened, stop, dt.date(2026, 7, 9))
        events = Event.objects.about(stop)
        assert list(events.values_list("action", "note")) == [
            ("declare-suspension", REASON),
            ("confirm-suspension", WHY),
            ("resume", ""),
        ]
        assert events[2].parameters["to_on"] == "2026-07-09"


class TestAStopIsRefused:
    @pytest.mark.parametrize(
        ("days", "sentence"),
        [
            ({"from_on": dt.date(2019, 12, 31)}, "before the enterprise was founded"),
            ({"from_on": dt.date(2026, 7, 11)}, "after today"),
            ({"to_on": dt.date(2026, 3, 19)}, "before the first"),
            ({"to_on": dt.date(2026, 7, 11)}, "has not come yet"),
            ({"reason": "  "}, "Say why"),
        ],
    )
    def test_with_what_cannot_be(
        self, opened: Desks, days: dict[str, Any], sentence: str
    ) -> None:
        with pytest.raises(RefusedError, match=sentence):
            declare(opened, **days)
        assert not Suspension.objects.exists()

    def test_with_the_evidence_of_another_enterprise(self, opened: Desks) -> None:
        with pytest.raises(RefusedError, match="another enterprise"):
            declare(opened, evidence=make_scan(make_desks()))

    def test_over_days_declared_before(self, opened: Desks) -> None:
        declare(opened, to_on=dt.date(2026, 6, 30))
        with pytest.raises(RefusedError, match="declared already"):
            declare(opened, from_on=dt.date(2026, 6, 30))
        declare(opened, from_on=dt.date(2026, 7, 1))

    def test_unless_the_one_before_was_refused(self, opened: Desks) -> None:
        answer(opened, declare(opened), confirmed=False)
        declare(opened)
        assert Suspension.objects.count() == 2

    @pytest.mark.parametrize("who", ["principal", "member", "reviewer"])
    def test_by_who_does_not_write_for_the_enterprise(
        self, opened: Desks, who: str
    ) -> None:
        with pytest.raises(NotPermittedError, match="Only these"):
            declare(opened, by=getattr(opened, who))

    @pytest.mark.parametrize("to_on", [dt.date(2026, 3, 19), dt.date(2026, 7, 11)])
    def test_an_end_that_cannot_be(self, opened: Desks, to_on: dt.date) -> None:
        stop = declare(opened)
        with pytest.raises(RefusedError):
            resume(opened, stop, to_on)

    def test_a_second_end(self, opened: Desks) -> None:
        stop = declare(opened)
        resume(opened, stop, dt.date(2026, 7, 9))
        with pytest.raises(NotPermittedError, match="on record already"):
            resume(opened, stop, dt.date(2026, 7, 8))

    def test_an_end_of_what_was_refused(self, opened: Desks) -> None:
        stop = answer(opened, declare(opened), confirmed=False)
        with pytest.raises(NotPermittedError, match="refused"):
            resume(opened, stop, dt.date(2026, 7, 9))

    def test_an_end_by_another_enterprise(self, opened: Desks) -> None:
        with pytest.raises(NotPermittedError, match="another enterprise"):
            resume(make_desks(), declare(opened), dt.date(2026, 7, 9))

    def test_an_answer_without_a_reason(self, opened: Desks) -> None:
        with pytest.raises(RefusedError, match="Say why"):
            suspensions.answer(
                suspension_id=declare(opened).pk,
                confirmed=True,
                reason=" ",
                by=opened.reviewer,
                at=JULY,
            )

    def test_a_second_answer(self, opened: Desks) -> None:
        stop = answer(opened, declare(opened))
        name = opened.reviewer.user.full_name
        with pytest.raises(NotPermittedError, match=f"{name} has answered"):
            answer(opened, stop, confirmed=False, by=opened.head)
        stop.refresh_from_db()
        assert stop.confirmed is True

    def test_an_answer_by_another_bureau(self, opened: Desks) -> None:
        with pytest.raises(NotPermittedError, match="Another bureau"):
            answer(opened, declare(opened), by=make_desks().reviewer)

    def test_an_answer_by_who_judges_but_does_not_receive(self, opened: Desks) -> None:
        inspector = make_acting(Role.INSPECTOR, bureau=opened.bureau)
        with pytest.raises(NotPermittedError, match="Only these"):
            answer(opened, declare(opened), by=inspector)

    def test_an_answer_by_who_was_ever_of_the_enterprise(  # S11
        self, opened: Desks
    ) -> None:
        make_membership(
            Role.CLERK,
            user=opened.reviewer.user,
            enterprise=opened.enterprise,
            starts_on=dt.date(2021, 1, 1),
            ends_on=dt.date(2021, 12, 31),
        )
        stop = declare(opened)
        with pytest.raises(NotPermittedError, match="are or were a member"):
            answer(opened, stop)
        with pytest.raises(NotPermittedError, match="are or were a member"):
            waive(opened)
        with pytest.raises(NotPermittedError, match="are or were a member"):
            correct(opened, dt.date(2026, 4, 2))


class TestAWrongLastDay:
    LAST = dt.date(2026, 6, 30)

    def test_is_corrected_by_the_enterprise_until_the_bureau_answers(
        self, opened: Desks
    ) -> None:
        stop = declare(opened)
        resume(opened, stop, dt.date(2026, 6, 20))
        assert of_quarter(opened).outlook == "missing"
        correct_end(opened, stop, self.LAST)
        assert of_quarter(opened).outlook == "pending"
        assert told("suspension_end_corrected") == people(
            opened.reviewer, opened.colleague, opened.head, opened.principal
        )
        body = Notice.objects.filter(kind="suspension_end_corrected")[0].body
        assert "2026-06-30" in body
        assert "2026-06-20" in body

    def test_is_corrected_by_the_bureau_once_it_has_confirmed(
        self, opened: Desks
    ) -> None:
        stop = declare(opened)
        answer(opened, stop)
        resume(opened, stop, self.LAST)
        run(at=DUE_AT + MICROSECOND)
        assert of_quarter(opened).state == "exempt"
        with pytest.raises(NotPermittedError):
            correct_end(opened, stop, dt.date(2026, 6, 20))
        correct_end(opened, stop, dt.date(2026, 6, 20), by=opened.reviewer)
        assert of_quarter(opened).outlook == "missing"
        event = Event.objects.get(action="correct-suspension-end")
        assert event.parameters["was_on"] == "2026-06-30"
        assert event.parameters["to_on"] == "2026-06-20"
        assert told("suspension_end_corrected") >= people(
            opened.clerk, opened.principal
        )

    def test_that_cannot_be_is_refused(self, opened: Desks) -> None:
        stop = declare(opened, to_on=dt.date(2026, 5, 1))
        declare(opened, from_on=dt.date(2026, 5, 10))
        for to_on, sentence in (
            (dt.date(2026, 3, 19), "before the first"),
            (dt.date(2026, 7, 11), "not come yet"),
            (dt.date(2026, 5, 1), "on record already"),
            (dt.date(2026, 5, 10), "declared already"),
        ):
            with pytest.raises(RefusedError, match=sentence):
                correct_end(opened, stop, to_on)

    def test_of_what_still_runs_or_was_refused_is_no_matter(
        self, opened: Desks
    ) -> None:
        runs = declare(opened)
        with pytest.raises(NotPermittedError, match="still runs"):
            correct_end(opened, runs, self.LAST)
        resume(opened, runs, self.LAST)
        answer(opened, runs, confirmed=False)
        with pytest.raises(NotPermittedError, match="refused"):
            correct_end(opened, runs, self.LAST, by=opened.reviewer)

    def test_is_never_changed_without_a_trace(self, opened: Desks) -> None:
        stop = declare(opened, to_on=dt.date(2026, 5, 1))
        with pytest.raises(DatabaseError, match="said and answered once"):
            Suspension.objects.filter(pk=stop.pk).update(to_on=self.LAST)


class TestEvidence:
    def test_is_never_swept(self, opened: Desks) -> None:
        kept, unused = make_scan(opened), make_scan(opened, of="无人引用")
        declare(opened, evidence=kept)
        unused_files.remove_unused(at=JULY + dt.timedelta(days=30))
        assert list(Attachment.objects.all()) == [kept]
        assert unused not in Attachment.objects.all()

    def test_is_seen_by_the_enterprise_and_by_its_bureau_alone(
        self, opened: Desks
    ) -> None:
        others = make_desks()
        evidence = declare(opened).evidence
        for by in (opened.clerk, opened.principal, opened.reviewer, opened.head):
            assert evidence in Attachment.objects.visible_to(by)
        for by in (others.clerk, others.reviewer):
            assert evidence not in Attachment.objects.visible_to(by)


class TestAWaiver:
    def test_takes_the_quarter_away_and_waives_its_flag(self, opened: Desks) -> None:
        run(DUE_AT + MICROSECOND)
        waive(opened, at=shanghai("2026-07-20 09:00"))
        assert of_quarter(opened).state == "exempt"
        assert flags_of(of_quarter(opened))["missing_quarter"] == "waived"

    def test_brings_the_duty_back_the_day_after_its_last(self, opened: Desks) -> None:
        run(DUE_AT + MICROSECOND)
        waive(opened, expires_on=dt.date(2026, 8, 31))
        run(shanghai("2026-08-31 23:59"))
        assert of_quarter(opened).state == "exempt"
        run(shanghai("2026-09-01 00:00"))
        assert of_quarter(opened).state == "missing"
        assert flags_of(of_quarter(opened))["missing_quarter"] == "standing"
        flag = ComplianceFlag.objects.get(kind="missing_quarter")
        changes = flag.events.order_by("id").values_list("change", flat=True)
        assert list(changes) == ["raised", "waived", "stood_again"]

    def test_that_is_over_is_not_why_a_corrected_founding_day_clears_the_flag(
        self, opened: Desks
    ) -> None:
        run(DUE_AT + MICROSECOND)
        waive(opened, expires_on=dt.date(2026, 7, 25), at=shanghai("2026-07-20 09:00"))
        assert flags_of(of_quarter(opened))["missing_quarter"] == "waived"
        over = shanghai("2026-07-26 09:00")
        run(over)
        assert flags_of(of_quarter(opened))["missing_quarter"] == "standing"
        correct(opened, dt.date(2026, 4, 2), at=over)
        assert of_quarter(opened).state == "exempt"
        assert flags_of(of_quarter(opened))["missing_quarter"] == "cleared"

    def test_over_before_the_due_day_leaves_no_trace_in_the_state(
        self, opened: Desks
    ) -> None:
        waive(opened, expires_on=dt.date(2026, 7, 12))
        assert of_quarter(opened).outlook == "exempt"
        run(shanghai("2026-07-13 00:00"))
        assert of_quarter(opened).outlook == "missing"

    def test_may_be_made_longer(self, opened: Desks) -> None:
        waive(opened, expires_on=dt.date(2026, 8, 31))
        waive(opened, expires_on=None)
        run(shanghai("2026-09-01 00:00"))
        assert of_quarter(opened).state == "exempt"

    def test_is_told_and_kept_in_an_event(self, opened: Desks) -> None:
        waiver = waive(opened, expires_on=dt.date(2026, 8, 31))
        team = people(opened.clerk, opened.leader, opened.principal)
        assert told("waiver_granted") == team
        event = Event.objects.about(of_quarter(opened)).last()
        assert event is not None
        assert (event.action, event.note) == ("waive", waiver.reason)
        assert event.parameters["expires_on"] == "2026-08-31"

    @pytest.mark.parametrize("expires_on", [None, dt.date(2026, 8, 31)])
    def test_that_adds_nothing_is_refused(
        self, opened: Desks, expires_on: dt.date | None
    ) -> None:
        waive(opened, expires_on=expires_on)
        with pytest.raises(RefusedError, match="on record already"):
            waive(opened, expires_on=dt.date(2026, 8, 31))

    def test_of_what_was_received_is_refused(self, opened: Desks) -> None:
        make_report(opened, status=ReportStatus.RECEIVED)
        with pytest.raises(RefusedError, match="was received"):
            waive(opened)

    def test_of_what_is_not_asked_for_is_refused(self, opened: Desks) -> None:
        answer(opened, declare(opened))
        with pytest.raises(RefusedError, match="not asked for anyway"):
            waive(opened)

    def test_up_to_a_day_that_is_over_is_refused(self, opened: Desks) -> None:
        with pytest.raises(RefusedError, match="over already"):
            waive(opened, expires_on=dt.date(2026, 7, 9))
        waive(opened, expires_on=dt.date(2026, 7, 10))

    def test_without_a_reason_is_refused(self, opened: Desks) -> None:
        with pytest.raises(RefusedError, match="Say why"):
            waive(opened, reason=" ")

    def test_of_the_principal_s_year_is_refused(self, opened: Desks) -> None:
        with pytest.raises(NotPermittedError, match="Only a quarter"):
            waivers.grant(
                obligation=of_year(opened),
                reason="不予同意",
                expires_on=None,
                by=on_day_of(opened.reviewer, JULY),
                at=JULY,
            )

    @pytest.mark.parametrize("who", ["clerk", "principal"])
    def test_by_the_enterprise_itself_is_refused(self, opened: Desks, who: str) -> None:
        with pytest.raises(NotPermittedError):
            waive(opened, by=getattr(opened, who))


class TestAFoundingDay:
    @pytest.mark.parametrize(
        ("day", "outlook"),
        [(dt.date(2026, 4, 1), "missing"), (dt.date(2026, 4, 2), "exempt")],
    )
    def test_after_the_quarter_began_takes_it_away(
        self, opened: Desks, day: dt.date, outlook: str
    ) -> None:
        correct(opened, day)
        assert of_quarter(opened).outlook == outlook

    def test_set_back_brings_the_quarter_and_its_flag_back(self, opened: Desks) -> None:
        correct(opened, dt.date(2026, 4, 2))
        run(DUE_AT + MICROSECOND)
        assert of_quarter(opened).state == "exempt"
        correct(opened, dt.date(2026, 4, 1), at=shanghai("2026-07-20 10:00"))
        assert of_quarter(opened).state == "missing"
        assert flags_of(of_quarter(opened))["missing_quarter"] == "standing"

    def test_keeps_old_and_new_and_is_told(self, opened: Desks) -> None:
        correct(opened, dt.date(2026, 4, 2))
        event = Event.objects.about(opened.enterprise).last()
        assert event is not None
        assert event.action == "correct-founding"
        assert event.parameters == {"was": "2020-01-02", "now": "2026-04-02"}
        team = people(opened.clerk, opened.leader, opened.principal)
        assert told("founding_corrected") == team

    @pytest.mark.parametrize(
        ("day", "sentence"),
        [
            (dt.date(2026, 7, 11), "has not come yet"),
            (dt.date(2020, 1, 2), "on record already"),
        ],
    )
    def test_that_cannot_be_is_refused(
        self, opened: Desks, day: dt.date, sentence: str
    ) -> None:
        with pytest.raises(RefusedError, match=sentence):
            correct(opened, day)

    def test_without_a_reason_is_refused(self, opened: Desks) -> None:
        with pytest.raises(RefusedError, match="Say why"):
            correct(opened, dt.date(2026, 4, 2), reason="")

    @pytest.mark.parametrize("who", ["clerk", "principal"])
    def test_by_the_enterprise_itself_is_refused(self, opened: Desks, who: str) -> None:
        with pytest.raises(NotPermittedError):
            correct(opened, dt.date(2026, 4, 2), by=getattr(opened, who))
