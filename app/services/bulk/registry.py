"""Which act stands behind each kind."""

from app.models.bulk import BulkKind
from app.services.bulk.act import Act
from app.services.bulk.enrolling import EnrollAct
from app.services.bulk.exporting import ExportAct
from app.services.bulk.filling import SetFieldAct
from app.services.bulk.moving import MoveAct
from app.services.bulk.owning import AssignAct
from app.services.bulk.reading import RecrawlAct, RescoreAct
from app.services.bulk.sharing import ShareOutAct
from app.services.bulk.tagging import TagAct, UntagAct

ACTS: dict[BulkKind, Act] = {
    BulkKind.MOVE: MoveAct(),
    BulkKind.ASSIGN: AssignAct(),
    BulkKind.SHARE_OUT: ShareOutAct(),
    BulkKind.TAG: TagAct(),
    BulkKind.UNTAG: UntagAct(),
    BulkKind.SET_FIELD: SetFieldAct(),
    BulkKind.ENROLL: EnrollAct(),
    BulkKind.RECRAWL: RecrawlAct(),
    BulkKind.RESCORE: RescoreAct(),
    BulkKind.EXPORT: ExportAct(),
}
