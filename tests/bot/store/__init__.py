"""Promises of the store, shown on real SQLite files."""
