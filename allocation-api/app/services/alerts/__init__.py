"""Alerts: rules over facts find what people should know, channels tell them; nothing imports this."""
