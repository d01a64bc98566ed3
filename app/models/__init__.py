"""The rows, one file a noun (DESIGN section 1). Importing this package knows them all, as migrations need."""

from app.models.audit import AuditEvent
from app.models.batch import BatchState, ImportBatch, ImportRow, RowVerdict
from app.models.company import Company, Contact, ContactField, ContactValue, Provenance
from app.models.crawl import ACTIVE_CRAWL_STATES, Crawl, CrawlState, FetchReceipt, Page, Passage, Signal
from app.models.fit import FitProfile, FitScore
from app.models.notice import Notice, NoticeState
from app.models.program import Membership, Program, ProgramType
from app.models.prospect import (
    NO_SCORE_SORT,
    Activity,
    ActivityKind,
    Decision,
    DecisionOutcome,
    FitState,
    Prospect,
    StageChange,
)
from app.models.stage import (
    ALLOWED_MOVES,
    BOARD_STAGES,
    OFF_BOARD_STAGES,
    MoveEvent,
    Stage,
    is_allowed,
    moves_by_person,
    needs_decision,
)
from app.models.user import Invitation, PasswordReset, Role, User, UserSession

__all__ = [
    "ACTIVE_CRAWL_STATES",
    "ALLOWED_MOVES",
    "BOARD_STAGES",
    "NO_SCORE_SORT",
    "OFF_BOARD_STAGES",
    "Activity",
    "ActivityKind",
    "AuditEvent",
    "BatchState",
    "Company",
    "Contact",
    "ContactField",
    "ContactValue",
    "Crawl",
    "CrawlState",
    "Decision",
    "DecisionOutcome",
    "FetchReceipt",
    "FitProfile",
    "FitScore",
    "FitState",
    "ImportBatch",
    "ImportRow",
    "Invitation",
    "Membership",
    "MoveEvent",
    "Notice",
    "NoticeState",
    "Page",
    "Passage",
    "PasswordReset",
    "Program",
    "ProgramType",
    "Prospect",
    "Provenance",
    "Role",
    "RowVerdict",
    "Signal",
    "Stage",
    "StageChange",
    "User",
    "UserSession",
    "is_allowed",
    "moves_by_person",
    "needs_decision",
]
