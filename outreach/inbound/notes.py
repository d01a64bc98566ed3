"""Whether a mail that no header calls automatic was typed for us, or goes out to whoever writes.

Marks are weighed, not phrases looked up: a note says that somebody is away and until when, names somebody else, tells
what becomes of the mail, and says nothing besides. A person takes up what we wrote, asks, offers, greets us by name.
A person's mail taken for a note is the worse fault, so that doubt counts against a note.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from outreach.inbound.folding import fold
from outreach.inbound.mail import Mail
from outreach.inbound.note_marks import Mark, marks_of
from outreach.inbound.prose import is_card
from outreach.inbound.quoting import SplitText

_MAX_SENTENCES = 16
_ENOUGH = 5
_FEW_WORDS = 4
_TALK_COUNTS = 5
_POINTS = {
    Mark.AWAY: 2, Mark.GONE: 2, Mark.TAKEN_IN: 2, Mark.FATE: 2, Mark.STATEMENT: 3, Mark.DELEGATE: 1, Mark.NAMED: 2,
    Mark.URGENT: 1, Mark.SPAN: 1, Mark.RANGE: 1, Mark.MANNERS: 1,
}  # fmt: skip
_TIMED = {Mark.AWAY, Mark.FATE, Mark.TAKEN_IN, Mark.SPAN}
_EXPLAINED = {
    Mark.AWAY, Mark.SPAN, Mark.GONE, Mark.TAKEN_IN, Mark.DELEGATE, Mark.NAMED, Mark.FATE, Mark.MANNERS, Mark.STATEMENT,
    Mark.PHRASE,
}  # fmt: skip
_DESK = re.compile(
    r"^(?:info|hello|hallo|hi|hola|bonjour|contact\w*|kontakt\w*|contato|office|mail|post|team|support|help\w*|service"
    r"|sales|press\w*|kund\w+|customer\w*|cs|care|desk|shop|store|obchod|biuro|bok|pomoc|assistenza|aide|soporte"
    r"|asiakas\w*|klant\w*|admin|reception\w*|titkarsag|iroda|ugyfel\w*|redaktion|redaction|noreply|no-reply)[\w.+-]*@"
)
_PEOPLES_PROGRAMS = re.compile(r"iphone|ipad|apple mail|thunderbird|k-9|fairemail|android|mutt|gnus|airmail|spark")
_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|dear|hallo|bonjour|hola|ciao|buongiorno|salve|dzien dobry|witam|czesc|guten (?:tag|morgen)"
    r"|sehr geehrte[rs]?|lieber?|moin|servus|goedendag|beste|geachte|ola|oi|bom dia|boa tarde|dobry den|ahoj|hej|hei"
    r"|god (?:dag|morgon)|buenos dias|buenas(?: tardes)?|estimad[oa]|gentile|chere?|kedves|tisztelt|drogi|szanown\w+"
    r"|kaere|kjaere|moi|caro|cara|prezad[oa]|vazen[ya])\s+((?:[^\W\d_]+[ .-]*){1,4})[,!:.–-]",
)
_TO_ALL = re.compile(
    r"\b(?:there|all|alle|zusammen|everyone|everybody|team|sender|customer|client|colleague|friend|sir|madam|partner"
    r"|supplier|visitor|valued|kund|damen|herren|absender|mailschreiber|kolleg|geschafts|tous|client|utent|mittent"
    r"|remitent|usuari|panstwo|nadaw|klien|kontrahent|zakazni|odesilatel|felado|ugyfel|partner|cimzett|avsender|avsandare"
    r"|kunde|kund|asiakas|lahettaja|senhor|parceir|todos|tutti|allemaal|afzender|klant|relatie|mensen|alla|wszyscy"
    r"|afternoon|morning|day|evening|again|from|and|thank|thanks|i|we|this|je|ich|wir|nous)",
)


@dataclass(frozen=True, slots=True)
class NoteEvidence:
    """What speaks for a note (`points`) and for a person (`against`); `label` is what kind of note, or ""."""

    label: str
    points: int
    against: int

    @property
    def holds(self) -> bool:
        """Whether the mail may be called automatic by its words alone."""
        return bool(self.label) and self.points - self.against >= _ENOUGH

    @property
    def personal(self) -> bool:
        """Whether somebody speaks to us in it, whatever phrases of notes it has besides."""
        return self.against >= _TALK_COUNTS and self.points - self.against < _ENOUGH


def weigh_note(mail: Mail, split: SplitText, *, said: list[str]) -> NoteEvidence:
    """Weigh a mail without a telling header or subject as a note; a long text is never one.

    `said` are the folded sentences of its new text.
    """
    sentences = said[: _MAX_SENTENCES + 1]
    found = marks_of(sentences, mail)
    label = _label_of(Counter(mark for marks in found for mark in marks)) if len(found) <= _MAX_SENTENCES else ""
    points = _points_of(found) + _sender_points(mail)
    # Desks know the name that a mail came from, too.
    greeted = min(_greets_us(mail, split.new), 2 if Mark.TAKEN_IN in set[Mark]().union(*found) else 6)
    return NoteEvidence(label, points, _points_against(found, sentences) + _by_hand(mail, split) + greeted)


def _label_of(counts: Counter[Mark]) -> str:
    """Return what kind of note it may be: it needs its matter, and what goes out to everybody with it."""
    to_all = counts[Mark.FATE] or counts[Mark.NAMED] or counts[Mark.STATEMENT] or counts[Mark.URGENT]
    if (counts[Mark.AWAY] and (to_all or counts[Mark.RANGE])) or (counts[Mark.SPAN] and to_all):
        return "away"
    if counts[Mark.GONE] and (counts[Mark.DELEGATE] or counts[Mark.REACHABLE]):
        return "left or address closed"
    beside = counts[Mark.TAKEN_IN] > 1 or counts[Mark.FATE] or counts[Mark.MANNERS]
    return "receipt of a desk" if counts[Mark.TAKEN_IN] and beside and not counts[Mark.TALK] else ""


def _points_of(found: list[set[Mark]]) -> int:
    timed = [marks for marks in found if marks & _TIMED and Mark.WHEN in marks]
    repeated = sum(Mark.TAKEN_IN in marks for marks in found) > 1
    kinds = set[Mark]().union(*found)
    return (
        sum(points for mark, points in _POINTS.items() if mark in kinds)
        + repeated
        + bool(timed)
        + any(Mark.DATE in marks for marks in timed)
    )


def _points_against(found: list[set[Mark]], sentences: list[str]) -> int:
    loose = sum(not _explained(marks, sentence) for marks, sentence in zip(found, sentences, strict=True))
    talk = sum(Mark.TALK in marks for marks in found)
    return _TALK_COUNTS * talk + 3 * loose + 2 * _any(found, Mark.SOON) + 4 * _any(found, Mark.QUESTION)


def _any(found: Iterable[set[Mark]], mark: Mark) -> bool:
    return any(mark in marks for marks in found)


def _explained(marks: set[Mark], sentence: str) -> bool:
    """Whether a sentence is one that notes consist of, or too short to say anything."""
    few = len(sentence.split()) <= (2 if sentence.endswith(".") else _FEW_WORDS)
    return bool(marks & _EXPLAINED) or few or is_card(sentence)


def _sender_points(mail: Mail) -> int:
    """What the envelope adds: a desk's address, and a subject that no person's program would have left as it was."""
    desk = any(_DESK.match(address) for address in mail.addresses("from"))
    answers = bool(mail.header("in-reply-to") or mail.header("references"))
    kept = answers and not re.match(r"\s*[^\W\d_]{1,8}(?:\[\d+\])?\s?:", mail.header("subject"))
    return desk + 2 * kept


def _by_hand(mail: Mail, split: SplitText) -> int:
    program = bool(_PEOPLES_PROGRAMS.search(fold(mail.header("x-mailer") + mail.header("user-agent"))))
    return 4 * program + 5 * _signed_by_phone(split) + 3 * split.has_quote


def _signed_by_phone(split: SplitText) -> bool:
    return bool(
        re.match(
            r"\s*(?:sent|gesendet|von|envoy|enviado|inviato|verzonden|wys|odesl|skickat|sendt)", split.signature, re.I
        )
    )


def _greets_us(mail: Mail, text: str) -> int:
    """Return how surely the mail greets one person: 6 by a name we go by, 2 by what looks like a name."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    match = _GREETING.match(fold(first[:120]))
    if not match:
        return 0
    called = match.group(1).strip()
    ours = {
        word for word in re.findall(r"[^\W\d_]{3,}", fold(mail.header("to"))) if word not in ("info", "mail", "team")
    }
    if ours & set(called.split()):
        return 6
    return 0 if _TO_ALL.search(called) or not _is_name(called, first) else 2


def _is_name(called: str, line: str) -> bool:
    return any(word.istitle() and fold(word) in called.split() for word in re.findall(r"[^\W\d_]+", line)[1:])
