"""Prefect flows (流程): when to look, and in which order. No rule inside; the services decide, the database is true."""
