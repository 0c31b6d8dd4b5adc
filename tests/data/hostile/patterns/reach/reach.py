# Prints a line for each thing that worked and must not.
import ctypes, mmap, os, socket, stat, subprocess

libc = ctypes.CDLL(None, use_errno=True)
IS_X86 = os.uname().machine == 'x86_64'


def call(x86, arm, *arguments):
    if libc.syscall(x86 if IS_X86 else arm, *arguments) < 0:
        raise OSError(ctypes.get_errno(), 'refused')


def run(*words):
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def write(path):
    with open(path, 'r+' if os.path.exists(path) else 'w') as file:
        file.write('1')


def in_child(flags):
    child = os.fork()
    if child == 0:
        os._exit(0 if libc.unshare(flags) == 0 else 1)
    if os.waitpid(child, 0)[1]:
        raise OSError('refused')


def shared_zero():
    with open('/dev/zero', 'r+b') as zero:
        mmap.mmap(zero.fileno(), 1 << 28)


def raw_call_of_x32():
    if not IS_X86:
        raise OSError('there is none')
    call(0x40000000 + 250, 0, 0, -3, 0)


ATTEMPTS = {
    'a user namespace': lambda: in_child(0x10000000),
    'a mount namespace': lambda: in_child(0x00020000),
    'a network namespace': lambda: in_child(0x40000000),
    'all namespaces': lambda: in_child(0x7E020000),
    'unshare': lambda: run('unshare', '-Ur', 'true'),
    'bubblewrap': lambda: run('bwrap', '--ro-bind', '/', '/', 'true'),
    'a mount': lambda: run('mount', '-t', 'tmpfs', 'tmpfs', '/work'),
    'a remount': lambda: run('mount', '-o', 'remount,rw', '/'),
    'a root of its own': lambda: os.chroot('/work'),
    'another user': lambda: os.setuid(0),
    'another group': lambda: os.setgroups([0]),
    'su': lambda: run('su', '-c', 'true'),
    'a device': lambda: os.mknod('/work/device', 0o666 | stat.S_IFBLK, os.makedev(254, 0)),
    'another owner': lambda: (write('/work/own'), os.chown('/work/own', 0, 0)),
    'another host name': lambda: socket.sethostname('x'),
    'another time': lambda: libc.settimeofday(ctypes.create_string_buffer(16), None) and call(0xFFFF, 0xFFFF),
    'ptrace': lambda: call(101, 117, 16, os.getppid(), 0, 0),
    'the keyring': lambda: call(250, 219, 0, -3, 0),
    'a key': lambda: call(248, 217, b'user', b'x', b'y', 1, -3),
    'the keyring by x32': raw_call_of_x32,
    'bpf': lambda: call(321, 280, 0, ctypes.create_string_buffer(128), 128),
    'userfaultfd': lambda: call(323, 282, 1),
    'io_uring': lambda: call(425, 425, 1, ctypes.create_string_buffer(120)),
    'perf': lambda: call(298, 241, ctypes.create_string_buffer(128), 0, -1, -1, 0),
    'memory of a file without a name': lambda: os.memfd_create('x'),
    'memory of System V': lambda: call(29, 194, 0, 1 << 28, 0o1600),
    'shared memory of nobody': lambda: mmap.mmap(-1, 1 << 28),
    'shared memory of a device': shared_zero,
    'vsock': lambda: socket.socket(40, socket.SOCK_STREAM),
    'packets': lambda: socket.socket(17, socket.SOCK_RAW),
    'raw sockets': lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
    'the memory of its parent': lambda: open(f'/proc/{os.getppid()}/mem', 'r+b'),
    'the memory of the first process': lambda: open('/proc/1/mem', 'r+b'),
    'less reason to be ended': lambda: write('/proc/self/oom_score_adj'),
    'a terminal': lambda: open('/dev/tty'),
    'more processes': lambda: __import__('resource').setrlimit(6, (1000, 1000)),
    'a signal to the host': lambda: [os.kill(pid, 0) for pid in range(500, 5000)],
}
for path in (
    '/x', '/usr/x', '/usr/bin/sh', '/etc/hosts', '/etc/ssl/x', '/labs/token-endpoint/main.mjs', '/labs/x', '/programs/x',
    '/dev/x', '/dev/zero', '/world/x', '/proc/sys/net/ipv4/ip_unprivileged_port_start', '/proc/sys/net/ipv4/ip_default_ttl',
    '/proc/sys/kernel/hostname', '/proc/sys/kernel/shmall', '/proc/sysrq-trigger', '/sys/x', '/sys/fs/cgroup/x',
):
    ATTEMPTS[path] = lambda path=path: write(path)
for path in '/proc/kcore', '/proc/kmsg', '/dev/mem', '/dev/kmsg', '/dev/fuse', '/dev/kvm', '/sys/kernel', '/root', '/home', '/var', '/run', '/pki', '/world', '/modules':
    ATTEMPTS['look at ' + path] = lambda path=path: os.listdir(path) if os.path.isdir(path) else open(path, 'rb').read(1)
for name, attempt in ATTEMPTS.items():
    try:
        attempt()
        print('WORKED', name)
    except (OSError, ValueError, subprocess.CalledProcessError):
        pass
print('tried', len(ATTEMPTS))
