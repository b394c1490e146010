"""Promises of the services, adapters and the store."""
