"""The list: addresses, consent, states, imports, exports. Pure; storage keeps what is decided."""
