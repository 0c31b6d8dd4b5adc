# A careless host: starts a program with a secret in an open file, in its keyring and in its environment.
# Arguments: the file with the secret, then the program and its arguments.
import ctypes, os, sys

secret = open(sys.argv[1]).read().strip()
for number in (7, 23):
    os.dup2(os.open(sys.argv[1], os.O_RDONLY), number, inheritable=True)
libc = ctypes.CDLL(None)
ADD_KEY, KEYCTL = (248, 250) if os.uname().machine == 'x86_64' else (217, 219)
libc.syscall(KEYCTL, 1, None)  # a session of its own
key = libc.syscall(ADD_KEY, b'user', b'canary', secret.encode(), len(secret), -3)
libc.syscall(KEYCTL, 5, key, 0x3F3F3F3F)  # whoever holds the session may read it
os.environ['CANARY'] = secret
os.execv(sys.argv[2], sys.argv[2:])
