"""Going on past what cannot be done: one bad row never holds up the others."""

import datetime as dt
import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from django.db import InterfaceError, OperationalError, transaction

from accounts.models import Bureau
from hazards.models import ClockFault

log = logging.getLogger(__name__)

T = TypeVar("T")

Keys = list[int] | None
"""Of whom: keys of enterprises, or of people; None = of all."""

FIRST_WAIT = dt.timedelta(minutes=10)
LONGEST_WAIT = dt.timedelta(days=1)

FOLLOW = "follow"
"""The step that opens what single enterprises owe and lets it follow their record."""


POLICIES = "policies"
"""The step that reads what a bureau has decided for itself."""


@dataclass(frozen=True)
class Step:
    """A step of the clock as of an instant, and by whom it is divided."""

    name: str
    at: dt.datetime
    by: Literal["enterprise", "person", "bureau"] = "enterprise"


def left_in(key: str, *, by: str = "enterprise") -> str:
    """
    The condition that no fault keeps whoever has the key out of %(step)s as of %(at)s.

    :param key: the expression of the key
    """
    return f"""NOT EXISTS (SELECT FROM hazards_clockfault fault
        WHERE fault.{by}_id = {key} AND fault.step = %(step)s
            AND fault.next_try_at > %(at)s)"""


LEFT_IN = f"""
    {left_in("o.enterprise_id")}
    AND {left_in("o.enterprise_id").replace("%(step)s", f"'{FOLLOW}'")}
"""
"""
The same for the enterprise of a duty `o`; nor is anybody moved, flagged or reminded
whose duties could not be made to follow the record.
"""


def past_faults(
    step: Step, run: Callable[[Keys], T], *, concerned: Callable[[], Collection[int]]
) -> Iterator[T]:
    """
    Run a step for all at once. If that fails, halve those concerned until whoever makes
    it fail is alone: they are set aside with their error and tried again later, twice
    as late each time; the rest is done. Yields what the runs return.

    :param concerned: for whom the step would be run; faults keep out as `left_in` says
    :raises OperationalError: if the database itself is the trouble
    """
    again = _tried_again(step)
    if again:
        again &= set(concerned())
    try:
        with transaction.atomic():
            done = run(None)
            _forget(step, again)
    except (OperationalError, InterfaceError):
        raise
    # Whatever a row made it stumble over: this is where it is found out which.
    except Exception:  # noqa: BLE001
        log.warning("step %s of the clock failed; looking for the cause", step.name)
        yield from _halved(step, run, sorted(concerned()), again)
    else:
        yield done


def past_unreadable(
    bureaus: Iterable[Bureau], ask: Callable[[Bureau], T], *, at: dt.datetime
) -> Iterator[tuple[Bureau, T]]:
    """
    Yield each bureau with what is asked of its policies and days. Those where that
    cannot be read are set aside (hazards/services/bureau_changes.py takes them back).
    """
    step = Step(POLICIES, at, by="bureau")
    for bureau in bureaus:
        try:
            answer = ask(bureau)
        except ValueError as error:
            tried = ClockFault.objects.filter(bureau=bureau, step=POLICIES)
            if not tried.filter(next_try_at__gt=at).exists():
                _set_aside(bureau.pk, step, error)
        else:
            yield bureau, answer


def forget_overtaken(*, at: dt.datetime) -> None:
    """
    Delete faults whose next try is long past: nothing was left to be tried. Those of
    bureaus wait until they can be read.
    """
    ClockFault.objects.filter(
        bureau__isnull=True, next_try_at__lt=at - LONGEST_WAIT
    ).delete()


def _halved(
    step: Step, run: Callable[[Keys], T], keys: list[int], again: Collection[int]
) -> Iterator[T]:
    middle = len(keys) // 2
    for some in (keys[:middle], keys[middle:]):
        if not some:
            continue
        try:
            with transaction.atomic():
                done = run(some)
                _forget(step, set(again).intersection(some))
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001
            if len(some) > 1:
                yield from _halved(step, run, some, again)
            else:
                _set_aside(some[0], step, error)
        else:
            yield done


def _tried_again(step: Step) -> set[int]:
    """Whom an earlier fault keeps out no longer."""
    due = ClockFault.objects.filter(step=step.name, next_try_at__lte=step.at)
    return set(
        due.filter(**{f"{step.by}__isnull": False}).values_list(
            f"{step.by}_id", flat=True
        )
    )


def _forget(step: Step, keys: Collection[int]) -> None:
    if keys:
        of_these = ClockFault.objects.filter(**{f"{step.by}__in": keys})
        of_these.filter(step=step.name, next_try_at__lte=step.at).delete()


def _set_aside(key: int, step: Step, error: Exception) -> None:
    log.error("step %s of the clock leaves out %s %s", step.name, step.by, key)
    whose: dict[str, Any] = {f"{step.by}_id": key, "step": step.name}
    known = ClockFault.objects.filter(**whose).first()
    tries = known.tries + 1 if known else 1
    wait = min(FIRST_WAIT * 2 ** min(tries - 1, 20), LONGEST_WAIT)
    # The first line: what follows may quote the row.
    said = next(iter(str(error).splitlines()), "")
    ClockFault.objects.update_or_create(
        **whose,
        defaults={
            "error": f"{type(error).__name__}: {said}"[:500],
            "tries": tries,
            "at": step.at,
            "next_try_at": step.at + wait,
        },
    )
