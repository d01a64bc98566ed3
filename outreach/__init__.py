"""The outreach engine: transports, templates, policy and delivery (no Flask, no database)."""
