"""What everything stands on: errors, clock, calendar, plug-ins, settings, HTTP, frozen values."""
