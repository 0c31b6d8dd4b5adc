"""Serves a folder as https://HOST/ to programs whose proxy it is, and prints the port of the proxy.

site.py FOLDER HOST CERTIFICATE KEY
"""

import functools
import http.server
import socket
import ssl
import sys
import threading

folder, host, certificate, key = sys.argv[1:]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


class Proxy(http.server.BaseHTTPRequestHandler):
    def do_CONNECT(self):
        if self.path != f"{host}:443":
            self.send_error(403)
            return
        self.send_response(200)
        self.end_headers()
        with socket.create_connection(site.server_address) as there:
            answers = threading.Thread(target=pour, args=(there, self.connection))
            answers.start()
            pour(self.connection, there)
            answers.join()
        self.close_connection = True

    def log_message(self, *args):
        pass


def pour(source, target):
    try:
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # One side went away.


site = http.server.ThreadingHTTPServer(
    ("127.0.0.1", 0), functools.partial(Quiet, directory=folder)
)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
site.socket = context.wrap_socket(site.socket, server_side=True)
threading.Thread(target=site.serve_forever, daemon=True).start()
proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
print(proxy.server_port, flush=True)
proxy.serve_forever()
