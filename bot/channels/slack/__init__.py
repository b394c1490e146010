"""Slack: the dialog in a direct message, and for leads their alerts.

`decode` reads what Slack sends, `turns` lets the guide take it and promises what is
to be shown, `render` and its neighbours draw, `sender` sends what was promised, and
`app` joins them to slack-bolt. Nothing outside this package imports Slack's SDKs.
"""
