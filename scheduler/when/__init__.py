"""When: cron lines, quiet hours, holidays, an agency's rhythm and its pace. All of it pure."""
