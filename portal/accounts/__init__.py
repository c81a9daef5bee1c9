"""Getting in: passwords, sessions, resets. *Session*: one signed-in browser."""
