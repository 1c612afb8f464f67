"""Ways in: how consent that was asked somewhere reaches the record."""
