"""The console, one file a screen. What it shows is fetched and decided elsewhere."""
