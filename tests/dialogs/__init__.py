"""Tests of the dialog: understanding, sessions, forms and records."""
