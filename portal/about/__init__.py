"""The organisation's own pages: house rules, privacy, accessibility, help. Anybody may read them, signed in or not."""

SLUGS = ("house-rules", "privacy", "accessibility", "help")
