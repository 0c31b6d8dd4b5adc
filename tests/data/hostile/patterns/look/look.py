# Prints every secret that can be read from here, one a line, with where it was.
import ctypes, glob, os, re, time

SECRET = re.compile(rb'canary-[0-9a-f]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY|^root:[$!*x][^:]*:\d+', re.M)


def look(where, data):
    for secret in sorted(set(SECRET.findall(data))):
        print('FOUND', secret.decode(), 'in', where, flush=True)


def read(path, size=1 << 20):
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            look(path, os.pread(file, size, 0))
        except OSError:
            look(path, os.read(file, 65536))
        os.close(file)
    except OSError:
        pass


for path in '@HOME@/secret', '@PROJECT@/secret', '@TMP@/secret', '/etc/shadow', '/etc/gshadow', '/proc/kcore':
    read(path)
    for root in glob.glob('/proc/[0-9]*/root') + glob.glob('/proc/[0-9]*/cwd'):
        read(root + path)
for process in glob.glob('/proc/[0-9]*'):
    if int(process[6:]) == os.getpid():
        continue
    for name in 'environ', 'cmdline':
        read(f'{process}/{name}')
    try:  # the heap and the stack of another process
        for line in open(f'{process}/maps'):
            if '[heap]' in line or '[stack]' in line:
                start, end = (int(word, 16) for word in line.split()[0].split('-'))
                with open(f'{process}/mem', 'rb', 0) as memory:
                    memory.seek(start)
                    look(f'{process}/mem', memory.read(min(end - start, 1 << 22)))
    except (OSError, ValueError):
        pass
for number in range(3, 256):
    read(f'/proc/self/fd/{number}')
look('environment', repr(os.environ).encode())

libc = ctypes.CDLL(None)
KEYCTL = 250 if os.uname().machine == 'x86_64' else 219
key = libc.syscall(KEYCTL, 10, -3, b'user', b'canary', 0)
data = ctypes.create_string_buffer(256)
if key > 0 and libc.syscall(KEYCTL, 11, key, data, 256) > 0:
    look('keyring', data.raw)

until = time.monotonic() + 2
for folder, folders, names in os.walk('/'):
    if folder in ('/proc', '/usr', '/sys', '/dev') or time.monotonic() > until:
        folders.clear()
        continue
    for name in names:
        read(os.path.join(folder, name))
