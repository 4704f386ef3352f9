"""Facts that come in pairs are held together by the database."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models

# Where one of a pair may stand alone, and why.
ALONE = {
    "end_recorded_at": "no person = the portal itself ended the fact, by the clock",
}


def pairs() -> Iterator[tuple[type[models.Model], str, str]]:
    """Each `x_at` that may be empty and stands beside an `x_by`."""
    for label in ("accounts", "hazards"):
        for model in apps.get_app_config(label).get_models():
            fields = {field.name: field for field in model._meta.concrete_fields}
            for name, field in fields.items():
                by = name.removesuffix("_at") + "_by"
                if name.endswith("_at") and field.null and by in fields:
                    yield model, name, by


def names_in(condition: Any) -> Iterator[str]:
    """The fields of which a condition speaks."""
    if isinstance(condition, models.Q):
        for child in condition.children:
            yield from names_in(child)
    else:
        yield condition[0].partition("__")[0]


@pytest.mark.parametrize(
    ("model", "at", "by"),
    [
        pytest.param(model, at, by, id=f"{model.__name__}.{at}")
        for model, at, by in pairs()
    ],
)
def test_an_instant_and_its_person_are_both_there_or_neither(
    model: type[models.Model], at: str, by: str
) -> None:
    held = any(
        {at, by} <= set(names_in(constraint.condition))
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    )
    assert held or at in ALONE, f"{model.__name__}: constrain {at} and {by} together"


def test_no_exception_outlives_its_field() -> None:
    assert set(ALONE) <= {at for _, at, _ in pairs()}


def test_instants_and_days_are_named_as_such() -> None:
    for label in ("accounts", "hazards"):
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.concrete_fields:
                where = f"{model.__name__}.{field.name}"
                if isinstance(field, models.DateTimeField):
                    assert field.name.endswith(("_at", "_until")) or field.name in {
                        "at",
                        "since",
                        "last_login",  # Django's own
                    }, where
                elif isinstance(field, models.DateField):
                    assert field.name.endswith("_on") or where in {
                        "Finding.rectify_by",
                        "HazardAct.on",  # what the act states
                        "Jurisdiction.valid_from",
                        "Jurisdiction.valid_to",
                        "BureauDay.day",
                        "SelfCheck.day",
                    }, where
