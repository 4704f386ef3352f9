"""What a bureau does about a major hazard, each kind of act with its page."""

from hazards.views.act_pages import ActPage

OFFICE_ACTS: tuple[ActPage, ...] = ()
