"""How the guidance reaches people: channels, store, alerts, settings, server.

This package knows `dialogs` and `knowledge` and neither of them knows it.
"""
