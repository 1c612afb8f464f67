"""The evidence pack of one person and one program: collected from the store, told, and written as one zip file.

Checking one needs nothing of this: see `yesword.ledger.packs`.
"""
