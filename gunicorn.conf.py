"""How gunicorn serves Ticketz: `gunicorn ticketz.wsgi` in this folder reads it by itself."""

# What refuses to start then does so once, with its one line, and not in one new worker after the other.
preload_app = True
worker_class = "gthread"
threads = 8
# It would let everything that runs as the same user stop the server.
control_socket_disable = True
