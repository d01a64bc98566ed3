"""What is committed says the truth about the product and nothing about the machines it was made on."""

import re
from dataclasses import fields

from app.config import Settings
from tests.architecture.tree import ROOT, name_of, tracked

LOCAL = {
    "a path of one machine": re.compile(
        r"/work/(?:main|shared)\b|/home/[a-z]+/|/Users/[a-z]+/|/root/\.|/opt/(?:wheels|pypi)"
    ),
    "a package registry's address": re.compile(
        r"registry\.npmjs\.org|files\.pythonhosted\.org|pypi\.org/simple|\b(?:[a]rtifactory|[v]erdaccio|[d]evpi)\b|\"resolved\":"
    ),
}


def _settings_rows() -> list[str]:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE)


def test_every_setting_is_documented_once_and_no_other() -> None:
    assert sorted(_settings_rows()) == sorted(field.name.upper() for field in fields(Settings))


def test_no_committed_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a page saved in another encoding
        found += [
            f"{name_of(path)}: {what}: {match[0]}" for what, pattern in LOCAL.items() if (match := pattern.search(text))
        ]
    assert found == []


def test_links_between_documents_lead_somewhere() -> None:
    documents = [
        path for path in tracked() if path.suffix == ".md" and name_of(path).startswith(("docs/", "README", "CON"))
    ]
    broken = [
        f"{name_of(path)}: {target}"
        for path in documents
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []
