"""Who may see and do what. `actor` says who asks, `scope` what comes into sight, `policy` what may be done."""
