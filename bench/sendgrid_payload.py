"""Let SendGrid's official description judge what our transport sends: `python -m bench.sendgrid_payload`.

Needs the description (`../shared/sendgrid/tsg_mail_v3.yaml`, or --description) and Prism, which plays SendGrid by it
and refuses what does not fit: `npx @stoplight/prism-cli@5`, or the program named with --prism. Without either it says
so and ends well: neither is part of the product.
"""

import argparse
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3

from outreach.transports.message import Mailbox, Message, Refused
from outreach.transports.sendgrid import SendgridTransport, payload_of

ROOT = Path(__file__).parents[1]
DESCRIPTION = ROOT.parent / "shared" / "sendgrid" / "tsg_mail_v3.yaml"
THEO = Mailbox("theo@mail.example", "Theo Brandvold; Partners, Inc.")
LINK = "https://outreach.example/u/" + "A1b2-_" * 16


def messages() -> Iterator[Message]:
    """Yield mails of every shape that the ledger hands over."""
    ola = Mailbox("ola@agency.example", "Ola Nowak")
    yield Message(sender=THEO, to=ola, subject="Plain", text="Hello", reference="pf_1")
    yield Message(
        sender=THEO,
        to=ola,
        subject="Zażółć gęślą jaźń ✓",
        text="Hello\n\nworld",
        html="<p>Hello</p>",
        reply_to=Mailbox("reply+0123456789abcdef0123456789abcdef@reply.example"),
        reference="pf_" + "0" * 32,
        message_id="<abc@mail.example>",
        headers={
            "List-Unsubscribe": f"<{LINK}>, <mailto:unsubscribe+0123456789abcdef@reply.example?subject=unsubscribe>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "In-Reply-To": "<before@mail.example>",
            "References": "<first@mail.example> <before@mail.example>",
        },
    )
    yield Message(sender=THEO, to=ola, subject="Long", text="x" * 200_000, html="<p>" + "x" * 200_000 + "</p>")
    yield Message(sender=THEO, to=ola, subject="s" * 300, text="Notice", headers={"Auto-Submitted": "auto-generated"})


def bad_payloads() -> Iterator[tuple[str, dict[str, object]]]:
    """Yield payloads that must be refused, so that a judge who accepts everything is found out."""
    good = payload_of(next(messages()))
    yield "no sender", {name: value for name, value in good.items() if name != "from"}
    yield "no personalizations", {name: value for name, value in good.items() if name != "personalizations"}
    yield "no recipient", good | {"personalizations": [{}]}
    yield "content that is text", good | {"content": "Hello"}
    yield "a number as address", good | {"from": {"email": 7}}


@contextmanager
def prism(command: list[str], description: Path) -> Iterator[str]:
    """Run Prism on a free port; yields its address, "" where it did not start within two minutes or ended at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    arguments = [*command, "mock", str(description), "--errors", "--port", str(port)]
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}" if _is_up(process, port) else ""
    finally:
        process.terminate()
        process.wait(10)


def _is_up(process: subprocess.Popen[bytes], port: int) -> bool:
    for _ in range(600):
        if process.poll() is not None:
            return False
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return True
    return False


def _judge(address: str) -> int:
    """Return how many good mails were refused and bad payloads taken."""
    wrong = 0
    transport = SendgridTransport("SG.test", host=address)
    for message in messages():
        try:
            transport.send(message)
            print(f"taken    {message.subject[:40]}")
        except Refused as error:
            wrong += 1
            print(f"REFUSED  {message.subject[:40]}: {error}")
    for name, payload in bad_payloads():
        headers = {"Authorization": "Bearer SG.test", "Content-Type": "application/json"}
        answer = urllib3.request("POST", f"{address}/v3/mail/send", json=payload, headers=headers, timeout=30)
        wrong += answer.status < 400
        print(f"{'refused' if answer.status >= 400 else 'TAKEN  '}  ({name}: {answer.status})")
    return wrong


def main() -> int:
    """Send each mail through the transport to Prism; returns 1 where a good one is refused or a bad one taken."""
    parser = argparse.ArgumentParser(prog="python -m bench.sendgrid_payload")
    parser.add_argument("--description", type=Path, default=DESCRIPTION)
    parser.add_argument("--prism", default="")
    arguments = parser.parse_args()
    if not arguments.description.exists():
        print(f"skipped: {arguments.description.name} is not here; name it with --description")
        return 0
    command = [arguments.prism] if arguments.prism else ["npx", "--yes", "@stoplight/prism-cli@5"]
    if shutil.which(command[0]) is None:
        print(f"skipped: {command[0]} is not installed")
        return 0
    with prism(command, arguments.description) as address:
        if not address:
            print("skipped: Prism did not start; it comes from npm, which may be out of reach")
            return 0
        wrong = _judge(address)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
