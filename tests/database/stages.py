"""
States that many tests begin with: made once, and gone back to after every test.

`@stage` stands where `@pytest.fixture` stood. The state is made through the services
as before, in a transaction that stays open; each test works in a savepoint of its own
that is undone at its end, and holds copies of what the stage returned. Whoever does not
ask for a stage does not see its rows, and a test that commits finds none.
"""

import copy
import inspect
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction
from django.utils import translation
from pytest_django import DjangoDbBlocker

Made = TypeVar("Made")
Build = Callable[..., Any]


def stage(build: Callable[..., Made]) -> Callable[..., Made]:
    """
    Make a fixture of what builds a state. What it asks for, beside `db`, must be stages
    too; where it is not, as in a module with a fixture of that name of its own, the
    state is built in each test.
    """

    def begun(request: pytest.FixtureRequest, db: None, **asked: Any) -> Any:
        stages: Stages = request.config.stash[STAGES]
        if build in stages.copies:
            return stages.copies[build]
        return build(**({"db": None} if "db" in _asked(build) else {}), **asked)

    own = ["request", "db", *(name for name in _asked(build) if name != "db")]
    begun.__name__, begun.__doc__ = build.__name__, build.__doc__
    begun.__module__ = build.__module__
    begun.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in own]
    )
    begun.stage = build  # type: ignore[attr-defined]
    return pytest.fixture(begun)


def _asked(build: Build) -> list[str]:
    return list(inspect.signature(build).parameters)


@dataclass(frozen=True)
class _Level:
    build: Build
    undone: transaction.Atomic
    # What this stage and those below it returned.
    made: dict[Build, Any]


class Stages:
    """Which stages stand now, each upon the one before."""

    def __init__(self) -> None:
        self._levels: list[_Level] = []
        self.copies: dict[Build, Any] = {}
        """What the stages returned, for the test that runs now."""

    def stand(self, wanted: Sequence[Build]) -> None:
        """Let these stages stand and no other."""
        if self._levels and _is_broken():
            self.clear()
        if not self._levels and connection.in_atomic_block:
            wanted = []  # A module has its own world: states are built in its tests.
        same = 0
        for level, build in zip(self._levels, wanted, strict=False):
            if level.build is not build:
                break
            same += 1
        while len(self._levels) > same:
            self._undo()
        for build in wanted[same:]:
            self._make(build)
        self.copies = copy.deepcopy(self._levels[-1].made) if self._levels else {}

    def clear(self) -> None:
        """Let none stand."""
        while self._levels:
            self._undo()
        self.copies = {}

    def _make(self, build: Build) -> None:
        made = copy.deepcopy(self._levels[-1].made) if self._levels else {}
        by_name = {below.__name__: value for below, value in made.items()}
        undone = transaction.atomic()
        undone.__enter__()
        self._levels.append(_Level(build, undone, made))
        try:
            with translation.override("en"):
                made[build] = build(
                    **{name: by_name.get(name) for name in _asked(build)}
                )
            connection.check_constraints()
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        transaction.set_rollback(True)
        self._levels.pop().undone.__exit__(None, None, None)


def _is_broken() -> bool:
    return (
        connection.needs_rollback
        or connection.closed_in_transaction
        or connection.connection is None
        or connection.connection.closed
    )


STAGES = pytest.StashKey[Stages]()


def _wanted(item: pytest.Item) -> list[Build]:
    """Return the stages that a test asks for, those below first."""
    info = getattr(item, "_fixtureinfo", None)
    found: list[Build] = []

    def stands(name: str) -> bool:
        definitions = info.name2fixturedefs.get(name) if info else None
        build = getattr(definitions[-1].func, "stage", None) if definitions else None
        if build is None or build in found:
            return name == "db" or build is not None
        if not all(stands(below) for below in _asked(build)):
            return False
        found.append(build)
        return True

    if not _commits(item):
        for name in info.names_closure if info else ():
            stands(name)
    return found


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or bool(
        {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Begin with none."""
    config.stash[STAGES] = Stages()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests of a module that begin alike follow each other."""
    groups = itertools.groupby(items, lambda item: (item.path, _commits(item)))
    items[:] = [
        item for _, group in groups for item in sorted(group, key=_names_of_wanted)
    ]


def _names_of_wanted(item: pytest.Item) -> list[str]:
    return [build.__name__ for build in _wanted(item)]


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Iterator[None]:
    """Set the stage before a test's own transaction begins; clear it for a module's."""
    stages = request.config.stash[STAGES]
    blocker = "django_db_blocker"
    if fixturedef.argname == "_django_db_helper":
        request.getfixturevalue("django_db_setup")
        unblock: DjangoDbBlocker = request.getfixturevalue(blocker)
        with unblock.unblock():
            stages.stand(_wanted(request.node))
    elif fixturedef.argname == "_django_setup_unittest":
        pass  # Asked for by each test, and nothing to those that are functions.
    elif fixturedef.scope != "function" and (
        blocker in fixturedef.argnames
        # From when its loop runs in this thread, Django has another connection here.
        or fixturedef.argname == "playwright"
    ):
        with request.getfixturevalue(blocker).unblock():
            stages.clear()
    return (yield)
