"""What the store says about itself to people: lists, records and figures, read and never written.

Each is a frozen value with no words in it; how it reads, and in which language, is for whoever shows it.
"""
