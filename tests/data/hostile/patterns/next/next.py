# Leaves things behind; or tells what it finds of them.
import glob, os, socket, sys, urllib.request

FILES = '/tmp/left', '/dev/shm/left', '/work/left', '/started/left'
if sys.argv[1] == 'leave':
    try:
        urllib.request.urlopen('https://auth.example.com/', timeout=5)
    except OSError:
        pass
if sys.argv[1] in ('leave', 'stay'):
    for path in FILES:
        open(path, 'w').write('left')
    for path in '/programs/left', '/labs/left', '/dev/left', '/proc/sys/net/ipv4/ip_default_ttl':
        try:
            open(path, 'w').write('3')
        except OSError:
            pass
if sys.argv[1] == 'stay' and os.fork() == 0:
    os.setsid(), os.close(1), os.close(2)
    server = socket.socket(socket.AF_UNIX)
    server.bind('\0left')
    server.listen()
    tcp = socket.create_server(('127.0.0.1', 4444))
    tcp.accept()
if sys.argv[1] == 'find':
    for folder in '/tmp', '/dev/shm', '/work', '/started', '/programs', '/labs', '/dev':
        for path in glob.glob(folder + '/left*'):
            print('FOUND', path)
    if open('/proc/sys/net/ipv4/ip_default_ttl').read().strip() != '64':
        print('FOUND a setting')
    for family, address in (socket.AF_UNIX, '\0left'), (socket.AF_INET, ('127.0.0.1', 4444)):
        try:
            socket.socket(family).connect(address)
            print('FOUND', address)
        except OSError:
            pass
    print('looked')
