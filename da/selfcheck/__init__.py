"""What a release has to hold, checked by running the real thing."""
