"""The identity guard: warns about details that name a child, before they are kept.

It looks at free text with patterns, check digits and lists of names that the
organisation extends; no language model reads a word. It warns and never blocks: a
person changes the text or keeps it. It finds most details and not all.
"""
