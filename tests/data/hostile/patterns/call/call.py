# Calls the host in every way that there is. What counts is what arrives there.
import socket

TCP, UDP = int('@TCP@'), int('@UDP@')
for address in '127.0.0.1', '::1', '@ADDRESS@', '10.0.2.2', 'localhost':
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    for kind, port in (socket.SOCK_STREAM, TCP), (socket.SOCK_DGRAM, UDP):
        try:
            with socket.socket(family, kind) as caller:
                caller.settimeout(0.2)
                caller.connect((address, port))
                caller.send(b'called')
                print('sent to', address, port)
        except OSError as error:
            print(address, port, error)
for path in '\0@ABSTRACT@', '@SOCKET@':
    try:
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(path)
            caller.send(b'called')
            print('sent to', path)
    except OSError as error:
        print(path, error)
for name in 'example.com', 'registry.example.net':
    try:
        print('sent to', socket.getaddrinfo(name, 443))
    except OSError as error:
        print(name, error)
