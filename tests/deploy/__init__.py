"""What stands in deploy/, run for real where this machine has the programs."""
