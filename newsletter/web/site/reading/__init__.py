"""The part of the site that is read: editions, archive, feeds, maps for machines, pictures."""
