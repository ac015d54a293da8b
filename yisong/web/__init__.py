"""The web (网页端): reads the store, acts only through services, and knows no rule of the business by itself."""
