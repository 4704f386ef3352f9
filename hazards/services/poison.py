"""Going on past what cannot be done: one bad row never holds up the others."""

import datetime as dt
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from django.db import InterfaceError, OperationalError, transaction

from hazards.models import ClockFault

log = logging.getLogger(__name__)

T = TypeVar("T")

Enterprises = Sequence[int] | None
"""Of which enterprises; None = all of them."""

FIRST_WAIT = dt.timedelta(minutes=10)
LONGEST_WAIT = dt.timedelta(days=1)

LEFT_OUT = """
    NOT EXISTS (SELECT FROM hazards_clockfault fault
        WHERE fault.enterprise_id = o.enterprise_id AND fault.step = %(step)s
            AND fault.next_try_at > %(at)s)
"""
"""The condition, on a duty `o`, that no fault keeps it out of the step for now."""


def past_faults(
    step: str,
    run: Callable[[Enterprises], T],
    *,
    concerned: Callable[[], Sequence[int]],
    at: dt.datetime,
) -> Iterator[T]:
    """
    Run a step for all at once. If that fails, halve the enterprises concerned until
    those that make it fail are alone: they are set aside with their error and tried
    again later, twice as late each time; the rest is done. Yields what the runs return.

    :raises OperationalError: if the database itself is the trouble
    """
    try:
        with transaction.atomic():
            done = run(None)
    except (OperationalError, InterfaceError):
        raise
    # Whatever a row made it stumble over: this is where it is found out which.
    except Exception:  # noqa: BLE001
        log.warning("step %s of the clock failed; looking for the cause", step)
        yield from _halved(step, run, list(concerned()), at=at)
    else:
        yield done
        ClockFault.objects.filter(step=step, next_try_at__lte=at).delete()


def _halved(
    step: str, run: Callable[[Enterprises], T], ids: Sequence[int], *, at: dt.datetime
) -> Iterator[T]:
    middle = len(ids) // 2
    for some in (ids[:middle], ids[middle:]):
        if not some:
            continue
        try:
            with transaction.atomic():
                done = run(some)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001
            if len(some) > 1:
                yield from _halved(step, run, some, at=at)
            else:
                _set_aside(some[0], step, error, at=at)
        else:
            yield done


def _set_aside(
    enterprise: int, step: str, error: Exception, *, at: dt.datetime
) -> None:
    log.error("step %s of the clock leaves out enterprise %s", step, enterprise)
    known = ClockFault.objects.filter(enterprise=enterprise, step=step).first()
    tries = known.tries + 1 if known else 1
    wait = min(FIRST_WAIT * 2 ** min(tries - 1, 20), LONGEST_WAIT)
    ClockFault.objects.update_or_create(
        enterprise_id=enterprise,
        step=step,
        defaults={
            # The first line: what follows may quote the row.
            "error": f"{type(error).__name__}: {str(error).splitlines()[0:1]}"[:500],
            "tries": tries,
            "at": at,
            "next_try_at": at + wait,
        },
    )
