"""Comments on ideas: a thread of *roots*, each with its replies."""
