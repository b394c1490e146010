"""How the bot reaches people: one module a surface, each drawing the same replies.

A channel decodes what came in, calls the guide, and draws what comes back. It
holds no rule and no state that a restart must keep.
"""
