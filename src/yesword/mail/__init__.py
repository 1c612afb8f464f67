"""E-mail, out and in: a room beside the store and the channels, which knows neither them nor who consents to what.

`sending` hands letters to a mail server, `reading` says what one that came in is, `mailbox` fetches those, and
`addresses` says what an address is. Whom to write to, and what follows from an answer, is decided in `collect`.
"""
