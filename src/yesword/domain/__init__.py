"""What is true, and what may be sent: values and pure functions. No I/O, no framework, no clock."""
