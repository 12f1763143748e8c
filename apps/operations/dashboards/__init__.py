"""What the business and the operators look at: twenty figures, each with how it is computed."""
