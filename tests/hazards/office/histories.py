"""
A life of one hazard for the property test: whoever tries whatever on whatever day,
through the services, beside a plain account that says what may come of it.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import DatabaseError, connection, transaction

from accounts.models import Acting, Role
from accounts.permissions import RefusedError
from hazards.models import (
    HAZARD_MOVES,
    ON_THE_BOOKS,
    AcceptedBy,
    Audience,
    HazardAcceptance,
    HazardAct,
    HazardActKind,
    HazardExtension,
    HazardListing,
    HazardOrder,
    HazardRecheck,
    HazardState,
    MajorHazard,
)
from hazards.queries import drift_of_lives
from hazards.services import (
    acceptances,
    closings,
    extensions,
    gradings,
    progress,
    rechecks,
    registrations,
    supervision,
    tellings,
    voidings,
)
from hazards.services.lives import Doing, Evidence
from hazards.workflow import HAZARD_TRANSITIONS
from tests.factories import NOW, SHANGHAI, make_acting
from tests.factories_lives import begin_report, plan_for, send_and_sign
from tests.factories_reports import make_desks, make_scan, open_version, proof_of
from tests.hazards.office.walks import CLAUSE

Kind = HazardActKind
State = HazardState
DAY = dt.timedelta(days=1)
ENDS = {State.CLOSED, State.DOWNGRADED, State.VOIDED, State.HANDED_OVER}


@dataclass
class Account:
    """What must be true of the hazard, kept apart from it."""

    state: HazardState
    acts: int
    due_on: dt.date | None = None
    planned: bool = False
    first_reported_at: dt.datetime | None = None
    stops: dict[int, str] = field(default_factory=dict)
    listed: str = ""
    # (until when, answered by the bureau)
    asked: tuple[dt.date, bool] | None = None
    waits_for_principal: bool = False
    # Graded major by the bureau: the enterprise does not grade it down.
    is_majors_bureau: bool = False
    # The bureau knows of it: it was reported, or graded down.
    is_known: bool = False

    @property
    def stop(self) -> str:
        """The widest stop that stands."""
        return max(self.stops.values(), key=["", "part", "whole"].index, default="")

    @property
    def is_supervised(self) -> bool:
        """Whether the bureau closes it."""
        return bool(self.stops or self.listed)

    def end(self) -> None:
        """Nothing stands and nothing waits any more."""
        self.stops, self.listed = {}, ""
        self.asked, self.waits_for_principal = None, False


@dataclass(frozen=True)
class Try:
    """Somebody tries something on a day; the numbers choose among what there is."""

    kind: HazardActKind
    who: str
    days: int
    choice: int


class Life:
    """One hazard of one enterprise, its people, the instant it has come to."""

    def __init__(self, start: str) -> None:
        self.now = NOW
        self.desks = make_desks()
        stranger = make_desks()
        self.people: dict[str, Acting] = {
            **{
                name: getattr(self.desks, name)
                for name in ("clerk", "leader", "member", "principal", "reviewer")
            },
            "head": self.desks.head,
            "inspector": make_acting(Role.INSPECTOR, bureau=self.desks.bureau),
            "stranger": stranger.clerk,
            "strange reviewer": stranger.reviewer,
        }
        self.evidence = Evidence(make_scan(self.desks))
        self.report = begin_report(self.desks, at=self.now)
        hazard = self.report.hazard
        assert hazard is not None
        self.hazard: MajorHazard = hazard
        registrations.register_all(
            open_version(self.report), by=self.desks.clerk, at=self.now
        )
        self.account = Account(State.REGISTERED, acts=1)
        self.known: set[int] = set()
        if start != "registered":
            self.send_report()
        if start == "planned":
            self.send_plan(30)

    @property
    def today(self) -> dt.date:
        """The day it has come to."""
        return self.now.astimezone(SHANGHAI).date()

    def pass_time(self, days: int) -> None:
        """Let days pass, and a minute: a proof serves once."""
        self.now += days * DAY + dt.timedelta(minutes=1)

    # What comes with receipts.

    def send_report(self) -> None:
        """Sign the report of the hazard, if that was not done."""
        self.pass_time(0)
        if self.account.first_reported_at is not None:
            return
        send_and_sign(self.report, self.desks, at=self.now)
        self.account.first_reported_at = self.now
        self.account.is_known = True
        if self.account.state == State.REGISTERED:
            self.account.state = State.REPORTED
            self.account.acts += 1

    def send_plan(self, days: int) -> None:
        """Sign a complete plan, where one can be written."""
        self.pass_time(0)
        if self.account.first_reported_at is None:
            return
        due_on = self.today + days * DAY
        if not self._is_done(
            lambda: send_and_sign(
                plan_for(self.hazard, self.desks, at=self.now, due_on=due_on),
                self.desks,
                at=self.now,
            )
        ):
            return
        if self.account.state == State.REPORTED:
            self.account.state, self.account.planned = State.PLANNED, True
            self.account.due_on = self.account.due_on or due_on
            self.account.acts += 1

    # What people try.

    def try_it(self, tried: Try) -> bool:
        """Do it through the service; what comes of it is what the account says."""
        self.pass_time(0)
        may = self._may(tried)
        before = HazardState(self.account.state)
        did = self._is_done(self._service(tried))
        assert did == may, (tried, before, self.account)
        if did:
            self.account.state = HAZARD_TRANSITIONS[tried.kind].moves[before]
            self.account.acts += 1
            _AFTER.get(tried.kind, _nothing)(self, tried)
        return did

    def _may(self, tried: Try) -> bool:
        transition = HAZARD_TRANSITIONS[tried.kind]
        who = self.people[tried.who]
        mine = (self.desks.enterprise, self.desks.bureau)
        if who.role not in transition.actors:
            return False
        if self.account.state not in transition.moves:
            return False
        if (who.enterprise or who.bureau) not in mine:
            return False
        if who.bureau is not None and not self.account.is_known:
            return False
        condition = _IF.get(tried.kind)
        return condition is None or condition(self, tried, who.bureau is not None)

    def to_on(self, tried: Try) -> dt.date:
        """The day that is named."""
        return self.today + tried.days * DAY

    def stop_of(self, tried: Try) -> str:
        """The stop that is named, or none."""
        return ("", "part", "whole")[tried.choice % 3]

    def by_agency(self, tried: Try) -> bool:
        """Whether an agency judged."""
        return tried.choice % 2 == 1

    def agency_missing(self, *, by_agency: bool) -> bool:
        """Whether an agency has to judge and did not (Order 16, art. 18)."""
        return not by_agency and bool(self.account.listed and self.account.stop)

    def standing(self, tried: Try) -> int:
        """One of the orders that stand, or none."""
        orders = sorted(self.account.stops)
        return orders[tried.choice % len(orders)] if orders else 0

    def waiting_acceptance(self) -> HazardAcceptance | None:
        """The acceptance that waits for the principal."""
        return HazardAcceptance.objects.filter(answered__isnull=True).first()

    def _service(self, tried: Try) -> Callable[[], HazardAct]:
        by = replace(self.people[tried.who], on=self.today)
        said: dict[str, Any] = {
            "hazard_id": self.hazard.pk,
            "doing": Doing(
                text="已处理，见附件。", on=self.today, evidence=[self.evidence]
            ),
            "by": by,
            "at": self.now,
        }
        service, more = _SERVICES[tried.kind](self, tried)
        return lambda: service(**said, **more)

    def _is_done(self, act: Callable[[], object]) -> bool:
        """Do it with what the database judges at commit; a refusal leaves nothing."""
        try:
            with transaction.atomic():
                act()
                _judge_now()
        except RefusedError:
            return False
        return True

    def write_past_the_services(self, target: HazardState) -> None:
        """A bare write of a state that the table does not lead to is refused."""
        if (self.account.state, target) in HAZARD_MOVES:
            return
        if target == self.account.state:
            return
        try:
            with transaction.atomic():
                MajorHazard.objects.filter(pk=self.hazard.pk).update(state=target)
                _judge_now()
        except DatabaseError:
            return
        msg = f"{self.account.state} was written over by {target}"
        raise AssertionError(msg)

    # What must hold.

    def hold(self) -> None:
        """The hazard, its acts and what settles them agree with the account."""
        hazard, account = MajorHazard.objects.get(pk=self.hazard.pk), self.account
        assert hazard.state == account.state
        assert hazard.first_reported_at == account.first_reported_at
        assert hazard.due_on == account.due_on
        assert hazard.is_ordered == bool(account.stops)
        assert hazard.stop_ordered == account.stop
        assert hazard.listed == account.listed
        assert (hazard.planned_at is not None) == account.planned
        assert (hazard.extension_asked_at is not None) == (account.asked is not None)
        assert (hazard.closed_at is not None) == (account.state == State.CLOSED)
        self._hold_details(hazard)
        self._hold_acts()
        # As the nightly self-check reckons it from the acts alone.
        of_acts = drift_of_lives.differences([hazard.enterprise_id], at=self.now)
        assert list(of_acts) == []

    def _hold_details(self, hazard: MajorHazard) -> None:
        account = self.account
        orders = HazardOrder.objects.filter(lifted__isnull=True)
        assert set(orders.values_list("pk", flat=True)) == set(account.stops)
        listings = HazardListing.objects.filter(ended__isnull=True)
        assert [each.level for each in listings] == [
            level for level in [account.listed] if level
        ]
        waiting = HazardExtension.objects.filter(answered__isnull=True)
        assert waiting.count() == (account.asked is not None)
        acceptance = self.waiting_acceptance()
        assert (acceptance is not None) == account.waits_for_principal
        rechecks_open = HazardRecheck.objects.filter(done__isnull=True).count()
        assert rechecks_open == (account.state == State.AWAITING_RECHECK)
        if account.state in ENDS:
            assert not account.stops
            assert not account.listed
        if account.state in ON_THE_BOOKS and account.first_reported_at:
            assert hazard.bureau == self.desks.bureau

    def _hold_acts(self) -> None:
        """Acts only grow, each begins where the last one ended."""
        acts = list(HazardAct.objects.order_by("pk"))
        assert len(acts) == self.account.acts
        assert self.known <= {act.pk for act in acts}
        self.known = {act.pk for act in acts}
        state: str = State.FOUND
        for act in acts:
            assert act.from_state == state
            assert (
                act.to_state
                == (HAZARD_TRANSITIONS[Kind(act.kind)].moves[State(act.from_state)])
            )
            state = act.to_state
        assert state == self.account.state


def _judge_now() -> None:
    """Let deferred triggers judge now, as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _nothing(_life: Life, _tried: Try) -> None:
    pass


def _second(life: Life, tried: Try) -> dict[str, Any]:
    """The head looks with the reviewer, the reviewer with the head."""
    other = "reviewer" if tried.who == "head" else "head"
    return {"second": life.people[other].membership}


def _asked_key(life: Life) -> dict[str, Any]:
    asked = HazardExtension.objects.filter(answered__isnull=True).first()
    return {"asked": asked.asked.key if asked else life.hazard.public_id}


def _recorded_key(life: Life) -> dict[str, Any]:
    waiting = life.waiting_acceptance()
    return {"recorded": waiting.recorded.key if waiting else life.hazard.public_id}


_SERVICES: dict[HazardActKind, Callable[[Life, Try], tuple[Any, dict[str, Any]]]] = {
    Kind.PROGRESS: lambda _l, _t: (progress.record, {}),
    Kind.TELL: lambda _l, _t: (tellings.record, {"audience": Audience.WORKERS}),
    Kind.ASK_EXTENSION: lambda life, t: (
        extensions.ask,
        {"to_on": life.to_on(t), "interim_measures": "停用并警戒。"},
    ),
    Kind.ANSWER_EXTENSION: lambda life, t: (
        extensions.answer,
        {**_asked_key(life), "approved": t.choice % 2 == 0},
    ),
    Kind.RECORD_ACCEPTANCE: lambda life, t: (
        acceptances.record,
        {
            "accepted_by": AcceptedBy.AGENCY if life.by_agency(t) else AcceptedBy.OWN,
            "agency": "辽宁安评公司" if life.by_agency(t) else "",
            "people": "注册安全工程师王某",
        },
    ),
    Kind.CONFIRM_ACCEPTANCE: lambda life, t: (
        acceptances.confirm,
        {
            **_recorded_key(life),
            "proof": proof_of(life.people[t.who], at=life.now),
        },
    ),
    Kind.RETURN_ACCEPTANCE: lambda life, _t: (
        acceptances.give_back,
        _recorded_key(life),
    ),
    Kind.APPLY_FOR_RECHECK: lambda _l, _t: (closings.apply_for_recheck, {}),
    Kind.CLOSE: lambda _l, _t: (closings.close, {}),
    Kind.ORDER_RECHECK: lambda _l, _t: (rechecks.order_recheck, {}),
    Kind.PASS_RECHECK: lambda life, t: (rechecks.pass_recheck, _second(life, t)),
    Kind.FAIL_RECHECK: lambda life, t: (
        rechecks.fail_recheck,
        {**_second(life, t), "due_on": life.to_on(t), "document_number": ""},
    ),
    Kind.DOWNGRADE: lambda _l, _t: (gradings.downgrade, {"clause": CLAUSE}),
    Kind.GRADE_MAJOR: lambda _l, _t: (gradings.grade_major, {"clause": CLAUSE}),
    Kind.VOID: lambda _l, _t: (voidings.void, {}),
    Kind.HAND_OVER: lambda _l, _t: (voidings.hand_over, {"department": "住建局"}),
    Kind.ORDER: lambda life, t: (
        supervision.order,
        {
            "due_on": life.to_on(t),
            "stop": life.stop_of(t),
            "document_number": "",
        },
    ),
    Kind.LIFT_ORDER: lambda life, t: (
        supervision.lift_order,
        {"order_id": life.standing(t)},
    ),
    Kind.LIST: lambda _l, t: (
        supervision.begin_listing,
        {"level": ("county", "city")[t.choice % 2], "document_number": ""},
    ),
    Kind.DELIST: lambda _l, _t: (supervision.end_listing, {}),
}
"""The service of each kind, with what it takes beside what every act says."""

_IF: dict[HazardActKind, Callable[[Life, Try, bool], bool]] = {
    Kind.ASK_EXTENSION: lambda life, t, _b: (
        life.account.due_on is not None
        and life.account.asked is None
        and life.today <= life.account.due_on < life.to_on(t)
    ),
    Kind.ANSWER_EXTENSION: lambda life, _t, bureau: (
        life.account.asked is not None
        and (life.account.asked[1] or life.account.is_supervised) == bureau
    ),
    Kind.RECORD_ACCEPTANCE: lambda life, t, _b: (
        not life.account.waits_for_principal
        and not life.agency_missing(by_agency=life.by_agency(t))
    ),
    Kind.CONFIRM_ACCEPTANCE: lambda life, _t, _b: (
        life.account.waits_for_principal
        and not life.agency_missing(by_agency=_is_by_agency(life))
    ),
    Kind.RETURN_ACCEPTANCE: lambda life, _t, _b: life.account.waits_for_principal,
    Kind.CLOSE: lambda life, _t, _b: not life.account.is_supervised,
    Kind.DOWNGRADE: lambda life, _t, bureau: (
        bureau or not (life.account.is_supervised or life.account.is_majors_bureau)
    ),
    Kind.FAIL_RECHECK: lambda life, t, _b: life.to_on(t) >= life.today,
    Kind.ORDER: lambda life, t, _b: life.to_on(t) >= life.today,
    Kind.LIFT_ORDER: lambda life, _t, _b: bool(life.account.stops),
    # A county lists for itself only.
    Kind.LIST: lambda life, t, _b: not life.account.listed and t.choice % 2 == 0,
    Kind.DELIST: lambda life, _t, _b: bool(life.account.listed),
}
"""What must hold beside role, place and state."""


def _is_by_agency(life: Life) -> bool:
    waiting = life.waiting_acceptance()
    return waiting is not None and waiting.accepted_by == AcceptedBy.AGENCY


def _asked(life: Life, tried: Try) -> None:
    life.account.asked = (life.to_on(tried), life.account.is_supervised)


def _answered(life: Life, tried: Try) -> None:
    assert life.account.asked is not None
    if tried.choice % 2 == 0:
        days = [life.account.asked[0], life.account.due_on or life.account.asked[0]]
        life.account.due_on = max(days)
    life.account.asked = None


def _ordered(life: Life, tried: Try) -> None:
    life.account.due_on = life.to_on(tried)
    order = HazardOrder.objects.order_by("pk").last()
    assert order is not None
    stop = life.stop_of(tried) if tried.kind == Kind.ORDER else ""
    life.account.stops[order.pk] = stop


def _lifted(life: Life, tried: Try) -> None:
    del life.account.stops[life.standing(tried)]


def _listed(life: Life, _tried: Try) -> None:
    life.account.listed = "county"


def _delisted(life: Life, _tried: Try) -> None:
    life.account.listed = ""


def _recorded(life: Life, _tried: Try) -> None:
    life.account.waits_for_principal = True


def _answered_acceptance(life: Life, _tried: Try) -> None:
    life.account.waits_for_principal = False


def _ended(life: Life, _tried: Try) -> None:
    life.account.end()
    life.account.is_known = True


def _graded_major(life: Life, tried: Try) -> None:
    account = life.account
    account.is_majors_bureau = life.people[tried.who].bureau is not None
    if account.first_reported_at is not None:
        account.state = State.REPORTED
        account.acts += 1
    if account.planned:
        account.state = State.PLANNED
        account.acts += 1


_AFTER: dict[HazardActKind, Callable[[Life, Try], None]] = {
    Kind.ASK_EXTENSION: _asked,
    Kind.ANSWER_EXTENSION: _answered,
    Kind.ORDER: _ordered,
    Kind.FAIL_RECHECK: _ordered,
    Kind.LIFT_ORDER: _lifted,
    Kind.LIST: _listed,
    Kind.DELIST: _delisted,
    Kind.RECORD_ACCEPTANCE: _recorded,
    Kind.CONFIRM_ACCEPTANCE: _answered_acceptance,
    Kind.RETURN_ACCEPTANCE: _answered_acceptance,
    Kind.PASS_RECHECK: _ended,
    Kind.CLOSE: _ended,
    Kind.DOWNGRADE: _ended,
    Kind.VOID: _ended,
    Kind.HAND_OVER: _ended,
    Kind.GRADE_MAJOR: _graded_major,
}
"""What an act changes beside the state."""
