"""The transport of a fresh installation: nothing leaves, every mail can be read in the product's own viewer."""

from outreach.transports.message import Accepted, Message, new_message_id


class OutboxTransport:
    """Accepts every mail and keeps it where its row is."""

    def send(self, message: Message) -> Accepted:
        """Accept the mail; the caller's own row is the copy that is kept."""
        return Accepted(provider_id=message.message_id or new_message_id(message.sender), is_kept=True)
