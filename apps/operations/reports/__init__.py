"""What is written down regularly: digests by mail, and the watch after a launch."""
