"""Whether a machine answered: an absence note, a desk's receipt, a challenge, somebody who has left.

Header fields decide where they are meant to (RFC 3834). Where they are missing or used by people's programs too, the
new text decides, sentence by sentence: a person who mentions an absence says something else as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from outreach.inbound.folding import fold
from outreach.inbound.mail import Mail
from outreach.inbound.note_marks import speaks_of_matter
from outreach.inbound.notes import weigh_note
from outreach.inbound.prose import said_sentences, up_to_the_name
from outreach.inbound.quoting import SplitText
from outreach.inbound.words import load_patterns

_WORDS = load_patterns("auto")
_URGENT = _WORDS["urgent"]
_STARTS = load_patterns("auto", start=True)
_ENGAGED = load_patterns("human")["engaged"]
_REACHABLE = re.compile(r"\S+@\S+\.\w|(?:\d[\s/().-]?){6,}")
_WEIGHTS = {
    "statement": 3, "challenge": 3, "absence": 2, "formula": 2, "left": 2, "ticket": 2, "receipt": 1, "detail": 1
}  # fmt: skip
_LABELS = {
    "absence": "away",
    "left": "left or address closed",
    "ticket": "receipt of a desk",
    "receipt": "receipt of a desk",
    "challenge": "challenge-response",
    "statement": "says it is automatic",
}
_ENOUGH = 3
_CHALLENGE_SHARE = 0.25
_ANSWERED = re.compile(
    r"^\s*(?:(?:re|aw|sv|vs|antw|odp|r|rif|res|ref|ynt|atb|vá|fw|fwd|wg|tr|doorst|rv|i|pd)\s?(?:\[\d+\])?\s?:\s*)+",
    re.I,
)
_FORWARDED = re.compile(r"^\s*(?:fwd?|wg|tr|pd|rv|enc|doorst|vl)\s?:", re.I)
_TAG = re.compile(r"^\s*(?:\[[^\]]{1,40}\]|\*{2,}[^*]{1,40}\*{2,})\s*")
_DESK_MARKS = re.compile(
    r"zendesk|freshdesk|freshservice|help ?scout|intercom|front\b|hubspot|gorgias|otrs|zammad|jira|kayako|zoho", re.I
)
_DECISIVE_HEADERS = (
    "x-autoreply", "x-autorespond", "x-autoreply-from", "x-auto-reply-from", "x-mail-autoreply", "x-autoresponder",
    "x-vacation", "x-ms-exchange-generated-message-source-autoreply", "x-away", "x-ooo",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextEvidence:
    """What the new text weighs as an automatic answer: points, share of its sentences, the strongest kind.

    `decisive`: something in it is said by machines above all, not only "thank you, we will be in touch".
    `complete`: it names an absence and whom to reach with what cannot wait, as notes do.
    """

    points: int
    share: float
    kind: str
    human_lines: int
    decisive: bool
    complete: bool


def auto_reason(mail: Mail, split: SplitText) -> str | None:
    """Return why the mail is an automatic answer, or None if a person may have written it."""
    subject = automatic_subject(mail.header("subject"))
    said = up_to_the_name(said_sentences(split.new), mail)
    evidence = weigh_text(said)
    label = _LABELS.get(evidence.kind, "automatic answer")
    header = _decisive_header(mail)
    if header and not _person_behind_desk(mail, evidence, subject):
        return f"{label} ({header})"
    if subject and (_sure_subject(mail) or _subject_holds(split, evidence)):
        return f"{label} (subject)"
    if _machine_sender(mail, evidence) and evidence.share >= 0.5:
        return f"{label} (sender)"
    decides = _text_decides(mail, split, evidence)
    if not decides and not speaks_of_matter(said):
        return None
    note = weigh_note(mail, split, said=said)
    if note.holds:
        return f"{note.label} (text)"
    return f"{label} (text)" if decides and (evidence.kind == "challenge" or not note.personal) else None


def _sure_subject(mail: Mail) -> bool:
    return bool(_STARTS["subject sure"].search(fold(_TAG.sub("", mail.header("subject")))))


def _subject_holds(split: SplitText, evidence: TextEvidence) -> bool:
    """Whether the text agrees with an automatic subject; "Vacation rentals?" is a person's."""
    if evidence.points >= _ENOUGH:
        return True
    return not split.has_quote and not _asks_or_answers(split.new)


def automatic_subject(subject: str) -> bool:
    """Whether a subject is an automatic answer's own; one that a person answered begins with "Re:"."""
    plain = _TAG.sub("", subject)
    folded = fold(plain)
    if _WORDS["subject anywhere"].search(folded) and not _FORWARDED.match(plain):
        return True
    if _ANSWERED.match(plain):
        return False
    return bool(_STARTS["subject"].search(folded) or _WORDS["subject ticket"].search(folded))


def weigh_text(sentences: list[str]) -> TextEvidence:
    """Weigh each sentence; a kind counts once, so that repeating a word proves nothing."""
    found = [[kind for kind in _WEIGHTS if _WORDS[kind].search(sentence)] for sentence in sentences]
    kinds = {kind: sum(kind in each for each in found) for kind in _WEIGHTS if any(kind in each for each in found)}
    reachable = any("detail" in each and _REACHABLE.search(said) for each, said in zip(found, sentences, strict=True))
    points = (
        sum(_WEIGHTS[kind] for kind in kinds) + (kinds.get("detail", 0) > 1) + (kinds.get("absence", 0) > 1) + reachable
    )
    weighty = [each for each, said in zip(found, sentences, strict=True) if len(said.split()) > 3 or not said.isascii()]
    prose = weighty or found
    share = sum(bool(each) for each in prose) / len(prose) if prose else 0.0
    strongest = max((kind for kind in kinds if kind in _LABELS), key=lambda kind: _WEIGHTS[kind], default="")
    label = strongest if strongest != "statement" else _besides_statement(kinds)
    decisive = bool(kinds.keys() - {"receipt", "detail"})
    complete = bool(kinds.keys() & {"absence", "left"} and reachable and any(map(_URGENT.search, sentences)))
    return TextEvidence(points, share, label, sum(not each for each in prose), decisive, complete)


def _besides_statement(kinds: dict[str, int]) -> str:
    return next((kind for kind in ("absence", "left", "challenge", "ticket", "receipt") if kind in kinds), "statement")


def _decisive_header(mail: Mail) -> str:
    submitted = fold(mail.header("auto-submitted")).split(";")[0].strip()
    if submitted not in ("", "no", "auto-forwarded"):
        return f"Auto-Submitted: {submitted}"
    for name in _DECISIVE_HEADERS:
        if name in mail.headers and fold(mail.header(name)) not in ("no", "false", "0"):
            return name.title()
    if fold(mail.header("precedence")) in ("auto_reply", "auto-reply", "autoreply"):
        return "Precedence: auto_reply"
    if re.search(r"auto-?respond|autoreply|vacation", fold(_program(mail))):
        return "autoresponder"
    if "text/calendar" in {part.content_type for part in mail.parts}:
        return ""
    return "null return path" if mail.header("return-path").strip() == "<>" else ""


def _program(mail: Mail) -> str:
    return " ".join(mail.header(name) for name in ("delivered-to", "x-post-messageclass", "x-mailer", "x-loop"))


def _person_behind_desk(mail: Mail, evidence: TextEvidence, subject: bool) -> bool:
    """Whether a help desk's program sent what its agent wrote: such programs mark all their mail as generated."""
    marks = " ".join(
        f"{name} {value[:80]}"
        for name, values in mail.headers.items()
        for value in values
        if name.startswith(("x-", "message-id", "feedback-id"))
    )
    generated = "auto-generated" in fold(mail.header("auto-submitted"))
    return bool(generated and _DESK_MARKS.search(marks)) and not subject and evidence.points < _ENOUGH


def _machine_sender(mail: Mail, evidence: TextEvidence) -> bool:
    """Whether the envelope fits a machine; the less it says, the more the text must."""
    suppressed = re.search(r"oof|all|autoreply", fold(mail.header("x-auto-response-suppress")))
    bulk = fold(mail.header("precedence")) in ("bulk", "junk")
    named = re.match(r"(?:no-?reply|do-?not-?reply|auto-?reply|autoresponder|mailer-daemon)", mail.header("from"))
    nameless = any(
        re.match(r"(?:no-?reply|do-?not-?reply|auto-?reply|autoresponder)@", each) for each in mail.addresses("from")
    )
    return bool((bulk or named or nameless) and evidence.points >= 2) or bool(suppressed and evidence.points >= 3)


def _text_decides(mail: Mail, split: SplitText, evidence: TextEvidence) -> bool:
    """Judge by words alone: strictly, for a person's mail must never be taken for a machine's."""
    if not evidence.decisive:
        return False
    if _asks_or_answers(split.new) and evidence.kind != "challenge":
        return False
    by_hand = split.has_quote or _sent_from_phone(split)
    answered = bool(_ANSWERED.match(mail.header("subject"))) and evidence.kind != "challenge"
    enough = _ENOUGH + (0 if not by_hand else 1 if evidence.complete else 2) + (1 if answered else 0)
    # A challenge explains at length what it wants; all else that is automatic says little besides.
    needed = _CHALLENGE_SHARE if evidence.kind == "challenge" else 0.75 if by_hand else 0.5
    return evidence.points >= enough and evidence.share >= needed and evidence.human_lines <= 6


def _sent_from_phone(split: SplitText) -> bool:
    return bool(
        re.match(
            r"\s*(?:sent|gesendet|von|envoy|enviado|inviato|verzonden|wys|odesl|skickat|sendt)", split.signature, re.I
        )
    )


def _asks_or_answers(text: str) -> bool:
    """Whether the text asks back or takes up an offer, as no automatic answer does."""
    folded = fold(re.sub(r"https?://\S+", "", text))
    return "?" in folded.rstrip() or bool(_ENGAGED.search(folded))
