"""The web's side of the house: discover, fetch and extract stories."""
