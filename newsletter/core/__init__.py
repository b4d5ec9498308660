"""What everything stands on: errors, the clock, the calendar, plug-ins, settings, values."""
