"""All tables (数据表). Importing this package registers every one of them."""

from models.access import AccessToken
from models.account import Account
from models.calendar import CalendarActivation, CalendarVersion, Reprojection
from models.deadline import Clock, ClockEntry, Rung, SweepDay
from models.document import Document, NumberSeries, ServiceRecord
from models.event import Event
from models.evidence import Evidence, Vouching
from models.finding import Finding
from models.inspection import Inspection, PlannedInspection
from models.intake import ImportedInspection, ImportRun
from models.ledger import ColumnMapping, LedgerUpload
from models.listing import Listing
from models.matter import Matter
from models.order import RectificationOrder
from models.outbox import Notice, OutboxAttempt, OutboxRow
from models.review import Review
from models.risk import RiskHit
from models.routing import RoutingDecision
from models.submission import Submission
from models.supervision import RungAct, RungProposal
from models.transfer import Transfer
from models.unit import Unit, UnitChange, UnitLink

__all__ = [
    "AccessToken", "Account", "CalendarActivation", "CalendarVersion", "Clock", "ClockEntry", "ColumnMapping", "Document", "Event", "Evidence",
    "Finding", "ImportRun", "ImportedInspection", "Inspection", "LedgerUpload", "Listing", "Matter", "Notice", "NumberSeries", "OutboxAttempt",
    "OutboxRow", "PlannedInspection", "RectificationOrder", "Reprojection", "Review", "RiskHit", "RoutingDecision", "Rung", "RungAct",
    "RungProposal", "ServiceRecord", "Submission", "SweepDay", "Transfer", "Unit", "UnitChange", "UnitLink", "Vouching",
]  # fmt: skip
