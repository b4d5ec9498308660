"""A local SendGrid v3: refuses what it refuses, keeps mail, signs events, breaks on order.

`server.Sandbox` runs it inside a test, `server.serve` behind `newsletter sandbox`. It stands for a
foreign house, so it shares no code with `providers` and has a clock of its own.
"""
