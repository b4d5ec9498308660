"""What is known of mail clients: what they support, and how they cut subject and preheader."""
