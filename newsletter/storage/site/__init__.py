"""What readers do on the publication's own site: join, leave, vote, comment, write."""
