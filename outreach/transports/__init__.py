"""Ways for a mail to leave: an outbox that keeps it, an SMTP server, a provider's API.

The transports are imported from their own modules, so that nobody loads a provider's client without using it.
"""
