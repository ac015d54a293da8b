"""All scenes, which together take every step of every table (全流程场景)."""

from __future__ import annotations

from tests.services.scenes import Scene, arrivals, disputes, findings_of_all_kinds, papers, risks
from tests.services.scenes_of_endings import crimes, filed_cases, recoveries, reopened_cases, revoked_reviews
from tests.services.scenes_of_listings import listings, listings_rejected, listings_undone
from tests.services.scenes_of_orders import orders_together, terms
from tests.services.scenes_of_seizures import objections_answered, seized_things, things_for_the_police

SCENES: tuple[Scene, ...] = (
    findings_of_all_kinds, arrivals, disputes, terms, orders_together, recoveries, filed_cases, crimes, reopened_cases, revoked_reviews, listings, listings_undone,
    listings_rejected, papers, risks, seized_things, things_for_the_police, objections_answered,
)  # fmt: skip
