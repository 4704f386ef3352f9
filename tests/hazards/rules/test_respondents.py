"""For whom the consequence of an article is."""

from hazards.rules.provisions import PROVISIONS, provision


def test_a_fine_of_the_principal_is_none_of_the_enterprise() -> None:
    of_principal = provision("work-safety-law-2021/art-94")
    assert of_principal.is_for("principal")
    assert not of_principal.is_for("enterprise")
    assert not of_principal.is_for("team")


def test_what_names_nobody_is_for_whoever_it_is() -> None:
    item = provision("circular-2025-11/item-10")
    assert all(item.is_for(one) for one in ("enterprise", "principal", "team"))


def test_only_respondents_are_named() -> None:
    known = {"enterprise", "principal", "team"}
    assert all(known.issuperset(one.concerns) for one in PROVISIONS.values())
