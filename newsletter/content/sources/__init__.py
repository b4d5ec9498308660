"""Where parts come from, one file per source; `content/source.py` is the contract."""
