"""Fakes of the ports, and builders; no tests."""
