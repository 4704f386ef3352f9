"""What the page of one kind of act about a major hazard consists of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.views.access import ActingRequest
from hazards.forms.acts import ActForm, ProvenForm
from hazards.models import HazardAct, HazardActKind, MajorHazard
from hazards.rules.provisions import Provision, provision


def _nothing(_request: ActingRequest, _hazard: MajorHazard) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class ActPage:
    """
    One kind of act: its form, the service that does it, and the words of its page.

    `act` takes hazard_id, doing, by, at and what the form's `said` returns; where the
    form is a `ProvenForm`, also `proof`. `template` extends the generic page; `facts`
    gives it what it shows beside the form.
    """

    kind: HazardActKind
    form: type[ActForm]
    act: Callable[..., HazardAct]
    title: Any
    lead: Any
    submit: Any
    tells: Any
    done: Any
    provisions: tuple[str, ...] = ()
    template: str = "hazards/acts/act.html"
    facts: Callable[[ActingRequest, MajorHazard], Mapping[str, Any]] = _nothing
    # A device may keep the page, to be filled without a network.
    works_offline: bool = False

    @property
    def is_proven(self) -> bool:
        """Whether the person proves anew who they are."""
        return issubclass(self.form, ProvenForm)

    def cited(self) -> list[Provision]:
        """The provisions on which it rests."""
        return [provision(key) for key in self.provisions]
