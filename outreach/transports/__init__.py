"""Ways for a mail to leave: an outbox that keeps it, an SMTP server, a provider's API."""
