"""The ledger of outreach mail: planned, claimed, handed over, recorded; nothing lost, nothing sent twice unseen."""
