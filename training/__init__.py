"""Train, measure and encode: everything that makes a model. Imports ``service``; ``service`` never imports it."""
