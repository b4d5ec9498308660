"""Ask what stands outside a message: files of pictures, the network, a spam filter, a dictionary.

Each is asked only where it is there, within a time, and what it says is handed to the checks,
which stay pure. A program that is missing, fails or takes too long leaves its part empty.
"""
