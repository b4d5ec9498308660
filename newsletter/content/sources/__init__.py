"""Where parts come from, one file per source; `newsletter.ports.Source` is the contract."""
