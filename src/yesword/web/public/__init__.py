"""Pages and files for people who have no account here: what a brand publishes, and what a private link opens."""
