"""What people can ask for: one file per concern, no messenger's dialect."""
