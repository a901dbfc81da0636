"""What the city is measured by: declared functions, their series, and the rows behind them."""
