"""Where somebody is: the machine, the session as facts, and the reply to show.

This package knows ``knowledge``. It knows no chat platform, no database and no
clock; everything it needs of them is passed in.
"""
