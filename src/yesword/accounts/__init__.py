"""Those who use the console: how they sign in and how the first of them comes to be."""
