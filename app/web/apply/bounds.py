"""How much of a file in a form is taken in, whatever is sent."""

from tempfile import SpooledTemporaryFile
from typing import IO, Any

from werkzeug.formparser import FormDataParser

from app.services.document_store import MAX_DOCUMENT_BYTES

# A file beyond what is kept is read to its end all the same, so that the rest of the form can be shown again.
MAX_UPLOAD_BYTES = 256 * 1024 * 1024
_IN_MEMORY_BYTES = 500 * 1024


class BoundedFile(SpooledTemporaryFile[bytes]):
    """A temporary file that keeps one byte more than a document may have: enough to see that it is too large."""

    def write(self, content: Any) -> int:
        """Keep what fits; say that all was taken, for the sender goes on sending."""
        room = MAX_DOCUMENT_BYTES + 1 - self.tell()
        if room > 0:
            super().write(content[:room])
        return len(content)


class BoundedFormParser(FormDataParser):
    """Werkzeug's parser, with files that stay within bounds whatever is sent."""

    def __init__(self, **options: Any) -> None:
        """Put the bounded file in place of the usual one."""
        super().__init__(**options | {"stream_factory": _bounded})


def _bounded(*_sizes: object, **_more: object) -> IO[bytes]:
    return BoundedFile(max_size=_IN_MEMORY_BYTES, mode="w+b")
