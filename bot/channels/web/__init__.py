"""The local page: the dialog in a browser, beside what is recorded of it.

It is for trying the bot: pages are drawn on the server and work without scripts,
whoever holds a browser's cookie is one practitioner, and there is no sign-in. It
draws the same replies as every other surface and holds no rule.
"""
