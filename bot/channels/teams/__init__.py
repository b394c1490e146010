"""Microsoft Teams: the same dialog in a personal chat, as cards and as typed words.

The only home of `botbuilder-core`, which Microsoft archived in January 2026, and of
`msal`; nothing here is imported while Teams is off. Inbound tokens, hosts and the
outbound token are ours, because the library's own path is unsafe or slow there.
"""
