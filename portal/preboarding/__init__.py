"""Pre-boarding: people who start soon come into a guest space before their first day, where *chapters* open to each of
them by that day, and a *mentor* looks after her. Who does not turn up leaves by herself."""
