"""What runs unattended: the tick that does what is due, and the daemon that wakes it."""
