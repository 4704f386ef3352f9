"""
Whatever happens to worker, broker, database or schedule in the middle of a scan: the
duties, flags, reminders and digests are in the end as if nothing had happened.
"""

import datetime as dt
import random
import shutil
from functools import partial

import pytest

from hazards.services import scans
from portal.stack.supervisor import beat_command, worker_command
from tests.faults.conftest import BreakablePortal
from tests.faults.world import LATER, OPENED, state_of_clock
from tests.hazards.records.together import Act
from tests.portal.conftest import ask

pytestmark = pytest.mark.servers

KILLS = 20
_TABLES = (
    "hazards_opening",
    "accounts_enterprisechange",
    "hazards_complianceflag",
    "hazards_flagevent",
    "hazards_majorhazard",
    "hazards_reminder",
    "hazards_reminderline",
    "accounts_notice",
    "accounts_delivery",
)
_SOME_DUTY = """
    SELECT FROM hazards_obligation WHERE id = (
        SELECT id FROM hazards_obligation ORDER BY id OFFSET {} LIMIT 1
    ) FOR UPDATE
"""
_DUTIES = 300


def some_point(chance: random.Random) -> str:
    """Return what locks a table of the scan, or one duty among all."""
    if chance.random() < 0.5:
        return f"LOCK TABLE {chance.choice(_TABLES)} IN EXCLUSIVE MODE"
    return _SOME_DUTY.format(chance.randrange(_DUTIES))


def test_a_worker_killed_anywhere_in_a_scan_loses_and_doubles_nothing(
    breakable: BreakablePortal,
) -> None:
    """# R1"""
    chance, kills = random.Random(4), 0  # noqa: S311 (the same points every time)
    breakable.portal.start("worker")
    breakable.scan()
    while kills < KILLS:
        with breakable.held(some_point(chance)) as held:
            assert breakable.comes_to(
                lambda: breakable.runs() > 1 or bool(held.waiting())
            )
            orphans = held.waiting()
            if orphans and kills % 5 == 0:
                breakable.portal.kill("worker")
            elif orphans:
                # One job's process; the worker hands the job out again.
                breakable.kill_children()
        if not orphans:
            breakable.comes_to_state(breakable.expected)
            breakable.renew()
            breakable.scan()
            continue
        if kills % 5 == 0:
            breakable.portal.start("worker")
        # What a killed job had begun is undone; then the next tick comes.
        assert breakable.comes_to(partial(breakable.are_gone, orphans))
        breakable.scan()
        kills += 1
    breakable.scan()
    breakable.comes_to_state(breakable.expected)


def test_a_broker_that_comes_back_empty_is_told_again_by_the_next_tick(
    breakable: BreakablePortal,
) -> None:
    """# R2"""
    portal = breakable.portal
    with breakable.held(_SOME_DUTY.format(_DUTIES // 2)) as held:
        portal.start("worker")
        portal.start("beat")
        assert breakable.comes_to(lambda: bool(held.waiting()))
        breakable.empty_broker()
        worker = portal.process("worker")
        portal.stop("Valkey")
    # It ends by itself, its job done, while beat finds nobody to tell.
    assert breakable.comes_to(lambda: worker.poll() is not None)
    for _ in range(2):
        portal.stop("Valkey")
        shutil.rmtree(portal.state.folder / "valkey")
        portal.start("Valkey")
    breakable.comes_to_state(breakable.expected_now)


def test_a_database_that_crashes_in_the_middle_of_a_scan_is_taken_up_by_the_next_tick(
    breakable: BreakablePortal,
) -> None:
    """# R4"""
    portal = breakable.portal
    for part in ("web", "worker", "beat"):
        portal.start(part)
    assert breakable.comes_to(lambda: ask(portal.port, "/livez")[0] == 200)
    assert portal.is_well()
    breakable.renew()
    with breakable.held(_SOME_DUTY.format(_DUTIES // 2)) as held:
        assert breakable.comes_to(lambda: bool(held.waiting()))
        # At once, as a crash ends it: nothing is finished, nothing said.
        portal.kill("PostgreSQL")
        assert ask(portal.port, "/healthz")[0] == 503
        portal.start("PostgreSQL")
    assert portal.is_well()
    breakable.comes_to_state(breakable.expected_now)


def test_two_beats_two_workers_and_a_run_by_hand_say_everything_once(
    breakable: BreakablePortal,
) -> None:
    """# R5"""
    state = breakable.portal.state
    second = state.folder / "second"
    second.mkdir(exist_ok=True)
    breakable.add("worker 2", [*worker_command(), "--hostname=second@%h"])
    breakable.add("beat 2", beat_command(second))
    with breakable.held("LOCK TABLE hazards_opening IN EXCLUSIVE MODE") as held:
        breakable.portal.start("worker")
        breakable.portal.start("beat")
        by_hand = Act(partial(scans.scan, at=breakable.now))
        # All stand before the same door, or behind one another.
        assert breakable.comes_to(lambda: len(held.waiting()) > 2)
    assert not isinstance(by_hand.error(), Exception)
    breakable.comes_to_state(breakable.expected_now)
    # A share that is being done leaves another message about it at that; so that these
    # two are done, and no other, no tick comes any more and the last ones are through.
    for beat in ("beat", "beat 2"):
        breakable.portal.stop(beat)
    assert breakable.comes_to(breakable.has_done_all)
    done, again = breakable.runs(), breakable.now.isoformat()
    for number in (1, 2):
        breakable.send("scan_share", at=again, number=number, of=2, park=False)
    assert breakable.comes_to(lambda: breakable.runs() == done + 2)
    breakable.comes_to_state(breakable.expected_now)


def test_messages_that_come_often_and_out_of_order_change_nothing(
    breakable: BreakablePortal,
) -> None:
    """# R6"""
    breakable.portal.start("worker")
    for _ in range(3):
        breakable.scan()
    breakable.comes_to_state(breakable.expected)

    messages = [
        ("scan_share", {"at": at.isoformat(), "number": n, "of": 2, "park": False})
        for at in (LATER, LATER - dt.timedelta(days=3), OPENED)
        for n in (1, 2)
    ]
    messages += [("scan", {"at": said["at"]}) for _, said in messages]
    messages *= 2
    random.Random(6).shuffle(messages)  # noqa: S311 (the same order every time)
    done = breakable.runs()
    for task, said in messages:
        breakable.send(task, **said)
    # A share that is being done leaves another message about it at that.
    assert breakable.comes_to(breakable.has_done_all)
    assert breakable.runs() >= done + 2
    assert state_of_clock() == breakable.expected


def test_three_missed_nights_are_made_up_by_one_run(
    breakable: BreakablePortal,
) -> None:
    scans.scan(at=LATER - dt.timedelta(days=3))
    nightly = [LATER - dt.timedelta(days=days) for days in (2, 1, 0)]
    for night in nightly:
        scans.scan(at=night)
    each_night = state_of_clock()
    breakable.renew()
    scans.scan(at=LATER - dt.timedelta(days=3))
    breakable.portal.start("worker")
    breakable.scan()
    # Steps of reminding that nobody took meanwhile are overtaken by the current one.
    same = ("duties", "flags", "events")

    def is_as_each_night() -> bool:
        at_once = state_of_clock()
        return all(at_once[name] == each_night[name] for name in same)

    assert breakable.comes_to(is_as_each_night)
