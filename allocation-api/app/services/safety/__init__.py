"""Safety of the desk: the emergency stop, which every order meets before it is sent."""
