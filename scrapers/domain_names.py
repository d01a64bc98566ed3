"""How a domain is written for people: internationalized names in their own letters, where nobody is misled by that.

Storage and network know ASCII alone (`xn--…`). A name is shown in its letters where each of its labels keeps to one
script and cannot be taken for a name in plain Latin letters; everything else stays as the network knows it. The rules
follow what browsers do (Unicode TR 39, "highly restrictive"), with the standard library's names of characters.

A name that is written from right to left would change places with what stands around it: `shown_domain` keeps it as the
network knows it, `shown_on_screen` writes it isolated, with the network's name beside it.
"""

import unicodedata
from functools import lru_cache

import idna

_ACE = "xn--"
MAX_NAME = 253
# Scripts that are written together by right: Japanese, Korean, Chinese.
_TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
)
# Letters that look like plain Latin ones: a label of nothing else would be read as a Latin name.
_LOOKALIKES = {
    "CYRILLIC": frozenset("асԁеһіјӏорԛѕԝхуъьҽпгѵѡкмнтв"),
    "GREEK": frozenset("αικνορτυωχγε"),
}
# The Latin letters of Europe's languages end here; beyond are signs that look like others, with few exceptions.
_LATIN_ENDS, _LATIN_MORE = 0x017F, frozenset("ơưșțǎǐǒǔ") | {chr(code) for code in range(0x1E00, 0x1F00)}
_DECEIVING_LATIN = frozenset("ıĸŀſʼ")
_RIGHT_TO_LEFT = ("R", "AL")
# Signs on letters that are written in these scripts only to help a learner; in a name they hide beside another one.
_UNMARKED = frozenset({"ARABIC", "HEBREW"})
# Arabic letters that nobody tells apart in every place of a word: one name holds one of each set at most.
_TWINS = tuple(map(frozenset, ("كک", "يی", "هہ")))
# Unicode's signs around a run of text: from left to right, as its first letter says, and the end of both.
_LEFT_TO_RIGHT, _AS_IT_SAYS, _END = "\u2066", "\u2068", "\u2069"


@lru_cache(maxsize=4096)
def shown_domain(name: str) -> str:
    """Return a host name as people write it; whatever is not certain to be read rightly is returned as it came."""
    if _ACE not in name.lower() or len(name) > MAX_NAME:
        return name
    shown = [_shown_label(label) for label in name.split(".")]
    return name if any(map(_is_right_to_left, shown)) else ".".join(shown)


@lru_cache(maxsize=4096)
def shown_on_screen(name: str) -> str:
    """Return a host name as a screen shows it: as shown_domain, and one from right to left in its letters too.

    Such a name keeps the order of its labels, disturbs nothing around it, and has the network's name behind it.
    """
    if _ACE not in name.lower() or len(name) > MAX_NAME:
        return name
    shown = [_shown_label(label) for label in name.split(".")]
    if not any(map(_is_right_to_left, shown)):
        return ".".join(shown)
    apart = [f"{_AS_IT_SAYS}{label}{_END}" if _is_right_to_left(label) else label for label in shown]
    return f"{_LEFT_TO_RIGHT}{'.'.join(apart)} ({name}){_END}"


def _shown_label(label: str) -> str:
    if not label.lower().startswith(_ACE):
        return label
    try:
        decoded = idna.decode(label.lower())
    except (idna.IDNAError, UnicodeError):
        return label
    return decoded if _is_clear(decoded) else label


def _is_right_to_left(label: str) -> bool:
    return any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in label)


def _is_clear(label: str) -> bool:
    """Say whether a label is read as what it is by somebody who knows its script."""
    letters = [letter for letter in label if letter != "-" and not (letter.isascii() and letter.isdigit())]
    if any(unicodedata.category(letter)[0] not in "LM" for letter in letters):
        return False
    scripts = {_script(letter) for letter in letters}
    if len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER):
        return False
    if "LATIN" in scripts and not all(_is_plain_latin(each) for each in letters if _script(each) == "LATIN"):
        return False
    if scripts & _UNMARKED and any(unicodedata.category(letter)[0] == "M" for letter in letters):
        return False
    if any(len(twins & set(letters)) > 1 for twins in _TWINS):
        return False
    return not any(scripts == {script} and set(letters) <= alike for script, alike in _LOOKALIKES.items())


def _script(letter: str) -> str:
    """Return the first word of a character's name, which is its script; "" for one without a name."""
    return unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]


def _is_plain_latin(letter: str) -> bool:
    return (ord(letter) <= _LATIN_ENDS or letter in _LATIN_MORE) and letter not in _DECEIVING_LATIN
