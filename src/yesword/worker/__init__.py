"""The processes: the dispatcher that sends, the receiver that takes in, and the supervisor that keeps them alive."""
