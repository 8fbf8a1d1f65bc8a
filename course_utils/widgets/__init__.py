"""All that moves. A ``…_view`` is a pure function from data to HTML; an explorer puts controls above it."""
