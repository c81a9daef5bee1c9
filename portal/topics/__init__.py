"""Topics: what items are about, who answers for each in which unit, who is away, and who would get it."""
