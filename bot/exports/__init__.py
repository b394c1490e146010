"""Copies of the record to file, to audit, to hand over and to verify elsewhere.

An export is made of what :mod:`bot.filing` gathers and is a value, bytes or text; the
caller writes it. What people wrote is data in all of them: it is never markup, never a
formula, and never left out.
"""
