"""The help of one screen: its title, what it is for in a few sentences, and where the whole story stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Help:
    """The help of one screen; `page` names a page of docs/."""

    title: str
    sentences: tuple[str, ...]
    page: str
