"""The desk: an edition in the browser while it is being written. For one person, on one machine."""
