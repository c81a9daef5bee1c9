"""Working on an idea together: *co-authors* who write along, and *offers of help*."""
