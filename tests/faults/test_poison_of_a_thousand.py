"""One bad enterprise among a thousand."""

from tests.faults.test_poison import (
    _world,
    test_one_bad_enterprise_among_many_is_left_out_and_done_later,
    world,
)

__all__ = ["_world", "world"]
EACH = 500
among_many = test_one_bad_enterprise_among_many_is_left_out_and_done_later
del test_one_bad_enterprise_among_many_is_left_out_and_done_later


def test_one_among_a_thousand_holds_up_nobody() -> None:
    among_many("move")
