"""Who may be mailed: addresses, names, states and imports. Pure; storage keeps what is decided."""
