"""What the guidance says: packs, their loading, checking, proving and searching.

This package knows plain values and YAML. It knows no chat platform, no
database, no time of day and no ``transitions``.
"""
