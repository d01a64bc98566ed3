"""Onboarding: what an approved partner and we do, from the approval until the partner is active."""
