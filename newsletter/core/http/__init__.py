"""One HTTP exchange that ends in time, and says how far it came when it fails."""
