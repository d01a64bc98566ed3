"""The demo sends files too: they go to a folder of the test's own."""

from pathlib import Path

import pytest

from app.services import document_store


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path) -> None:
    """Keep documents below the test's folder."""
    document_store.configure(tmp_path)
