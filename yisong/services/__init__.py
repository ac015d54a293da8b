"""Verbs, each one transaction's worth (办事). Only `desk` decides when a transaction begins and ends."""
