"""Environment (生态环境): what the air, the water and the noise of the city are like."""
