"""Is all well? Pure judgements, one trouble a module: what is known goes in, alarms come out."""
