"""Public opinion: collected politely, understood on the machine, warned of in time, answered for as cases."""
