"""What `doctor` checks, by subject."""
