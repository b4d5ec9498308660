"""The doctor: what is missing for a real send, line by line, at three depths."""
