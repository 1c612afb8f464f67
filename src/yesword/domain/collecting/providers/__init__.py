"""Who calls us in: one file a provider, with how it signs and what its messages mean. Pure: bytes in, values out."""
