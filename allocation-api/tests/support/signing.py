"""Signing keys of tests: fixed ones, as good as those that `secrets.token_urlsafe(48)` makes."""

SIGNING_KEY = "pGm0yTt3v8cJf2nQhXwB5sLdR7aKzE1uVqC9oYiM4NrUbHxPDgSWkFeAj6ZO_l-T"
OTHER_KEY = "Zk7VwQ2nXrBm5JdTf9LcHs3YpGa8UeRo1KiNvPqMxCtWbEhSyFgDuAzjO4l6_0-I"
