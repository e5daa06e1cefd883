"""Safety of the desk: every order meets the emergency stop and the largest size before it is sent."""
