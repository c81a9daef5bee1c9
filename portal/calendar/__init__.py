"""The working calendar: on which days and hours the organisation works, by which deadlines are counted."""
