"""A small IMAP server on loopback, for tests: one folder, the commands a reader needs, and faults on demand."""

import re
import socketserver
import threading
from dataclasses import dataclass, field


@dataclass
class Folder:
    """What the server holds, and how it behaves."""

    mails: dict[int, bytes] = field(default_factory=dict)
    uid_validity: int = 7
    password: str = "secret"
    drop_after_fetches: int | None = None
    fetched: list[str] = field(default_factory=list)

    @property
    def uid_next(self) -> int:
        """Return the number that the next mail will get."""
        return max(self.mails, default=0) + 1


class ImapServer(socketserver.ThreadingTCPServer):
    """Serves a folder on a free port of 127.0.0.1."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, folder: Folder) -> None:
        """Listen at once."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return int(self.server_address[1])

    def close(self) -> None:
        """Stop listening."""
        self.shutdown()
        self.server_close()
        self.thread.join(2)


class _Handler(socketserver.StreamRequestHandler):
    server: ImapServer

    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, command = line.partition(" ")
            if not self._answer(tag, command):
                return

    def _answer(self, tag: str, command: str) -> bool:
        folder = self.server.folder
        verb = command.split(" ")[0].upper()
        if verb == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1")
        elif verb == "LOGIN" and f'"{folder.password}"' not in command:
            self._say(f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials")
            return True
        elif verb == "EXAMINE":
            if "INBOX" not in command:
                self._say(f"{tag} NO no such mailbox")
                return True
            self._say(f"* {len(folder.mails)} EXISTS")
            self._say(f"* OK [UIDVALIDITY {folder.uid_validity}] ok")
            self._say(f"* OK [UIDNEXT {folder.uid_next}] ok")
        elif command.upper().startswith("UID SEARCH"):
            self._say("* SEARCH " + " ".join(map(str, self._found(command))))
        elif command.upper().startswith("UID FETCH") and not self._fetch(command):
            return False
        elif verb == "LOGOUT":
            self._say("* BYE")
            self._say(f"{tag} OK bye")
            return False
        self._say(f"{tag} OK done")
        return True

    def _found(self, command: str) -> list[int]:
        mails = self.server.folder.mails
        lower = re.search(r"UID (\d+):\*", command)
        if lower is None:
            return list(mails)
        # As RFC 3501 has it, "n:*" names the last mail even where its number is below n.
        return [uid for uid in mails if uid >= int(lower[1]) or uid == max(mails)]

    def _fetch(self, command: str) -> bool:
        folder = self.server.folder
        uid = int(command.split()[2])
        mail = folder.mails[uid]
        if "RFC822.SIZE" in command:
            self._say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(mail)})")
            return True
        if folder.drop_after_fetches is not None and len(folder.fetched) >= folder.drop_after_fetches:
            return False
        folder.fetched.append(command)
        self.wfile.write(f"* 1 FETCH (UID {uid} BODY[] {{{len(mail)}}}\r\n".encode() + mail + b")\r\n")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")
