"""The proof formats: what an event becomes in a Merkle log, and how anyone checks it offline. Pure; knows no store."""
