//! The system calls that a run does not get, as a program for the kernel.
//!
//! What a call could reach from behind the wall is why it stands here: memory that belongs to
//! no process and so to no limit, keys and sockets that no namespace keeps apart, other
//! processes, and parts of the kernel in which holes are found often.
//! The format: <https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html>.

/// A processor, as the kernel names it and numbers its calls.
struct Architecture {
    name: &'static str,
    audit: u32,
    socket: u32,
    mmap: u32,
    refused: &'static [u32],
}

const ARCHITECTURES: &[Architecture] = &[
    Architecture {
        name: "x86_64",
        audit: 0xc000_003e,
        socket: 41,
        mmap: 9,
        refused: &[
            319, 447, // memfd_create, memfd_secret
            29, 64, 68, // shmget, semget, msgget
            248, 249, 250, // add_key, request_key, keyctl
            101, 310, 311, // ptrace, process_vm_readv, process_vm_writev
            312, 438, // kcmp, pidfd_getfd
            298, 300, 321, 323, // perf_event_open, fanotify_init, bpf, userfaultfd
            303, 304, // name_to_handle_at, open_by_handle_at
            425, 426, 427, // io_uring_setup, io_uring_enter, io_uring_register
        ],
    },
    Architecture {
        name: "aarch64",
        audit: 0xc000_00b7,
        socket: 198,
        mmap: 222,
        refused: &[
            279, 447, // memfd_create, memfd_secret
            194, 190, 186, // shmget, semget, msgget
            217, 218, 219, // add_key, request_key, keyctl
            117, 270, 271, // ptrace, process_vm_readv, process_vm_writev
            272, 438, // kcmp, pidfd_getfd
            241, 262, 280, 282, // perf_event_open, fanotify_init, bpf, userfaultfd
            264, 265, // name_to_handle_at, open_by_handle_at
            425, 426, 427, // io_uring_setup, io_uring_enter, io_uring_register
        ],
    },
];

/// The families of sockets that stay in their network: unix, IPv4, IPv6, netlink. Others, such
/// as vsock, lead past it to the host of a virtual machine.
const FAMILIES: [u32; 4] = [1, 2, 10, 16];

/// The first number of calls in the x32 format, which number everything once more.
const X32: u32 = 0x4000_0000;

/// `MAP_SHARED` and `MAP_ANONYMOUS`: memory that stays when no process has it mapped.
const SHARED_ANONYMOUS: u32 = 0x21;

const ALLOW: u32 = 0x7fff_0000;
const END_PROCESS: u32 = 0x8000_0000;
const NOT_PERMITTED: u32 = 0x0005_0001;
/// Programs that find a call missing do without it.
const NO_SUCH_CALL: u32 = 0x0005_0026;
const NO_SUCH_FAMILY: u32 = 0x0005_0061;

/// Where things stand in what the kernel shows of a call.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const FIRST_ARGUMENT: u32 = 16;
const FOURTH_ARGUMENT: u32 = 40;

/// The program for a processor, as `std::env::consts::ARCH` names it.
pub(super) fn program(architecture: &str) -> Option<Vec<u8>> {
    let kernel = ARCHITECTURES.iter().find(|it| it.name == architecture)?;
    let mut program = Program(Vec::new());
    program.load(ARCHITECTURE);
    program.skip_unless_equal(kernel.audit, 1);
    program.skip(1);
    program.give(END_PROCESS);
    program.load(NUMBER);
    program.skip_unless_at_least(X32, 1);
    program.give(NO_SUCH_CALL);
    for call in kernel.refused {
        program.give_if_equal(*call, NO_SUCH_CALL);
    }
    program.skip_unless_equal(kernel.socket, 2 + 2 * FAMILIES.len() as u8);
    program.load(FIRST_ARGUMENT);
    for family in FAMILIES {
        program.give_if_equal(family, ALLOW);
    }
    program.give(NO_SUCH_FAMILY);
    program.skip_unless_equal(kernel.mmap, 4);
    program.load(FOURTH_ARGUMENT);
    program.keep_bits(SHARED_ANONYMOUS);
    program.give_if_equal(SHARED_ANONYMOUS, NOT_PERMITTED);
    program.give(ALLOW);
    Some(program.0)
}

/// Instructions for the kernel's machine, which has one register.
struct Program(Vec<u8>);

impl Program {
    fn load(&mut self, offset: u32) {
        self.add(0x20, 0, 0, offset);
    }

    fn keep_bits(&mut self, bits: u32) {
        self.add(0x54, 0, 0, bits);
    }

    fn skip(&mut self, count: u32) {
        self.add(0x05, 0, 0, count);
    }

    fn skip_unless_equal(&mut self, value: u32, count: u8) {
        self.add(0x15, 0, count, value);
    }

    fn skip_unless_at_least(&mut self, value: u32, count: u8) {
        self.add(0x35, 0, count, value);
    }

    fn give_if_equal(&mut self, value: u32, result: u32) {
        self.skip_unless_equal(value, 1);
        self.give(result);
    }

    fn give(&mut self, result: u32) {
        self.add(0x06, 0, 0, result);
    }

    fn add(&mut self, code: u16, if_true: u8, if_false: u8, operand: u32) {
        self.0.extend(code.to_ne_bytes());
        self.0.extend([if_true, if_false]);
        self.0.extend(operand.to_ne_bytes());
    }
}
