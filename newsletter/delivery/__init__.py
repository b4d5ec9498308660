"""Delivery: what to do next (plan), what an answer means (outcomes), and the loop that does it."""
