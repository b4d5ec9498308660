"""The checks: one file is one rule over the final message, found by its name."""
