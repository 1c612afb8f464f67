"""What a person may ask of those who hold data about them, and the clocks that the law sets."""
