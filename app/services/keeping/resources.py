"""Resources for partners: added and replaced by our people, fetched by partners of the right tier and nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    Partnership,
    Program,
    Resource,
    ResourceKind,
    ResourceUse,
    ResourceVersion,
    User,
)
from app.queries.keeping_resources import may_see
from app.services.audit import record_audit
from app.services.document_store import JudgedFile, Unusable, judge, keep
from app.services.errors import InvalidInput, NotFound
from app.services.languages import gettext as _
from app.services.plain_text import clean_line, clean_text
from app.services.tiers.records import take_tier
from app.services.web_addresses import web_address

MAX_TITLE, MAX_ABOUT, MAX_NOTE = 200, 2_000, 300
MAX_RESOURCES, MAX_VERSIONS = 300, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedResource:
    """What a resource is, as typed; without `tiers` it is for every partner."""

    kind: str
    title: str
    about: str = ""
    tiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A version as it was sent: a link, or a file as a pair of name and bytes; exactly one of them."""

    url: str = ""
    file: tuple[str, bytes] = field(default=("", b""))
    note: str = ""


def add_resource(
    session: Session, program: Program, typed: TypedResource, content: Content, *, actor: User
) -> Resource:
    """Add a resource with its first version. Raises InvalidInput naming every field that cannot be used."""
    values, problems = _values(session, program.id, typed)
    judged, wrong = _judged(content)
    problems |= wrong
    known = select(func.count()).select_from(Resource).where(Resource.program_id == program.id)
    if (session.scalar(known) or 0) >= MAX_RESOURCES:
        problems["title"] = _(
            "%(max_resources)s resources are all a program holds; replace one that is put away.",
            max_resources=MAX_RESOURCES,
        )
    if problems:
        raise InvalidInput(problems)
    resource = Resource(program_id=program.id, created_by_id=actor.id, **values)
    session.add(resource)
    session.flush()
    _store(session, resource, content, judged, number=1, actor=actor)
    _audit(session, "resource.added", resource, actor)
    return resource


def resource_in(session: Session, program: Program, resource_id: int, *, hold: bool = False) -> Resource:
    """Return a resource of the program, put away or not, where wanted held until the transaction ends; or NotFound."""
    found = session.get(Resource, resource_id, with_for_update=hold or None, populate_existing=True)
    if found is None or found.program_id != program.id:
        raise NotFound(_("There is no such resource in this program."))
    return found


def change_resource(session: Session, resource: Resource, typed: TypedResource, *, actor: User) -> None:
    """Change what a resource is called and whom it is for. Raises InvalidInput."""
    values, problems = _values(session, resource.program_id, typed, held=resource.tiers)
    if problems:
        raise InvalidInput(problems)
    for name, value in values.items():
        setattr(resource, name, value)
    _audit(session, "resource.changed", resource, actor)


def replace_version(session: Session, resource: Resource, content: Content, *, actor: User) -> ResourceVersion:
    """Let a new version take the place of the newest; the old ones are kept. Raises InvalidInput."""
    judged, problems = _judged(content)
    newest = session.scalar(select(func.max(ResourceVersion.number)).where(ResourceVersion.resource_id == resource.id))
    number = (newest or 0) + 1
    if number > MAX_VERSIONS:
        problems["file"] = _(
            "%(max_versions)s versions are all that is kept; add it as a resource of its own.",
            max_versions=MAX_VERSIONS,
        )
    if problems:
        raise InvalidInput(problems)
    version = _store(session, resource, content, judged, number=number, actor=actor)
    _audit(session, "resource.replaced", resource, actor, number=number)
    return version


def archive_resource(session: Session, resource: Resource, *, actor: User) -> None:
    """Show a resource to partners no more."""
    resource.archived_at = resource.archived_at or now()
    _audit(session, "resource.archived", resource, actor)


def restore_resource(session: Session, resource: Resource, *, actor: User) -> None:
    """Show a resource to partners again."""
    resource.archived_at = None
    _audit(session, "resource.restored", resource, actor)


def version_in(session: Session, program: Program, version_id: int) -> ResourceVersion:
    """Return a version of one of the program's resources, for our own people. Raises NotFound."""
    found = session.scalar(
        select(ResourceVersion)
        .join(Resource, Resource.id == ResourceVersion.resource_id)
        .where(ResourceVersion.id == version_id, Resource.program_id == program.id)
    )
    if found is None:
        raise NotFound(_("There is no such version of a resource in this program."))
    return found


def version_for(session: Session, partnership: Partnership, resource_id: int) -> ResourceVersion:
    """Return the newest version of a resource that this partner may see.

    Raises NotFound in the same words for one of another program or tier, one put away, and one that never was.
    """
    resource = session.get(Resource, resource_id)
    if (
        resource is None
        or resource.program_id != partnership.program_id
        or resource.archived_at is not None
        or not may_see(resource.tiers, partnership.tier)
    ):
        raise NotFound(_("There is no such resource for you (any more). Ask us if you miss it."))
    return session.scalars(
        select(ResourceVersion)
        .where(ResourceVersion.resource_id == resource.id)
        .order_by(ResourceVersion.number.desc())
        .limit(1)
    ).one()


def count_download(session: Session, partnership: Partnership, version: ResourceVersion) -> None:
    """Count that a partner fetched a version."""
    if _count_one_more(session, partnership, version):
        return
    try:
        with session.begin_nested():
            session.add(ResourceUse(version_id=version.id, partnership_id=partnership.id, downloads=1))
    except IntegrityError:
        # Somebody else of this partner fetched it first at this very moment.
        _count_one_more(session, partnership, version)


def _count_one_more(session: Session, partnership: Partnership, version: ResourceVersion) -> bool:
    done = session.connection().execute(
        update(ResourceUse)
        .where(ResourceUse.version_id == version.id, ResourceUse.partnership_id == partnership.id)
        .values(downloads=ResourceUse.downloads + 1, last_at=now())
    )
    return bool(done.rowcount)


def _values(
    session: Session, program_id: int, typed: TypedResource, *, held: Sequence[str] = ()
) -> tuple[dict[str, object], dict[str, str]]:
    title, about, problems = clean_line(typed.title), clean_text(typed.about), dict[str, str]()
    if typed.kind not in list(ResourceKind):
        problems["kind"] = _("Choose what it is from the list.")
    if not 1 <= len(title) <= MAX_TITLE:
        problems["title"] = _("Give it a title of %(max_title)s characters at most.", max_title=MAX_TITLE)
    if len(about) > MAX_ABOUT:
        problems["about"] = _("At most %(most)s characters.", most=f"{MAX_ABOUT:,}")
    wrong: dict[str, str] = {}
    found = [take_tier(session, program_id, each, wrong, held=each if each in held else "") for each in typed.tiers]
    tiers = dict.fromkeys(each for each in found if each)
    if wrong:
        problems["tiers"] = wrong["tier"]
    kind = ResourceKind(typed.kind) if "kind" not in problems else ResourceKind.OTHER
    return {"kind": kind, "title": title, "about": about, "tiers": list(tiers)}, problems


def _judged(content: Content) -> tuple[JudgedFile | None, dict[str, str]]:
    """Return the file of a version, None for a link; and what is wrong with either."""
    name, data = content.file
    problems = {}
    if len(clean_line(content.note)) > MAX_NOTE:
        problems["note"] = _("At most %(most)s characters.", most=MAX_NOTE)
    has_file, has_link = bool(name or data), bool(content.url.strip())
    if has_file == has_link:
        words = _("Either a file or a link, not both.") if has_file else _("Choose a file, or give a link.")
        return None, problems | {"file": words}
    if has_link:
        wrong = (
            {} if web_address(content.url) else {"url": _("Give a whole web address, such as https://example.com/kit.")}
        )
        return None, problems | wrong
    try:
        return judge(data, filename=name), problems
    except Unusable as error:
        return None, problems | {"file": str(error)}


def _store(
    session: Session, resource: Resource, content: Content, file: JudgedFile | None, *, number: int, actor: User
) -> ResourceVersion:
    version = ResourceVersion(
        resource_id=resource.id, number=number, note=clean_line(content.note), created_by_id=actor.id
    )
    if file is None:
        version.url = web_address(content.url)
    else:
        version.key = keep(session, file)
        version.filename, version.media_type = file.filename, file.media_type
        version.size_bytes, version.sha256 = file.size_bytes, file.sha256
    session.add(version)
    session.flush()
    return version


def _audit(session: Session, action: str, resource: Resource, actor: User, **details: object) -> None:
    session.flush()
    record_audit(
        session,
        action,
        subject=f"resource:{resource.id}",
        actor_id=actor.id,
        program_id=resource.program_id,
        details={"title": resource.title, "tiers": resource.tiers} | details,
    )
