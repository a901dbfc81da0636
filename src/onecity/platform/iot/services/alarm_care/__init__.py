"""What is done about alarms besides raising them: kept quiet with a reason, told later, escalated, noted."""
