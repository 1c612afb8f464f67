"""What shows that the record is as it was."""
