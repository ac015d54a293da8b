"""All life cycles of the project (生命周期总表). Reading these tables is reading the business."""

from __future__ import annotations

from collections.abc import Mapping

from yisong.domain.lifecycle import Lifecycle
from yisong.domain.lifecycles.criminal import CRIMINAL
from yisong.domain.lifecycles.document import DOCUMENT
from yisong.domain.lifecycles.finding import FINDING
from yisong.domain.lifecycles.listing import LISTING
from yisong.domain.lifecycles.order import ORDER
from yisong.domain.lifecycles.review import REVIEW
from yisong.domain.lifecycles.risk import RISK
from yisong.domain.lifecycles.seizure import SEIZURE
from yisong.domain.lifecycles.service import SERVICE
from yisong.domain.lifecycles.transfer import TRANSFER

ALL: Mapping[str, Lifecycle] = {
    table.kind: table
    for table in (FINDING, TRANSFER, ORDER, REVIEW, SEIZURE, CRIMINAL, LISTING, DOCUMENT, SERVICE, RISK)
}
"""Kind of matter → its life cycle."""
