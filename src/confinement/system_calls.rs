//! The system calls that a confined process may not make.
//!
//! A list of what is denied, not of what is allowed: another libc, or a newer one, makes calls that nobody has listed, and a
//! decoder must not fail for that.

use std::{collections::BTreeMap, env, io};

use libc::{O_ACCMODE, O_CREAT, O_RDONLY, O_TRUNC, c_int, c_long};
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq,
    SeccompCmpOp::Ne, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};

/// The network.
const NETWORK: &[c_long] = &[
    libc::SYS_socket,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
];

/// Files: names, contents, owners, modes, times.
const FILES: &[c_long] = &[
    libc::SYS_open_by_handle_at,
    libc::SYS_mkdirat,
    libc::SYS_mknodat,
    libc::SYS_unlinkat,
    libc::SYS_renameat2,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    libc::SYS_truncate,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    libc::SYS_utimensat,
];

/// Those that newer architectures have no more.
#[cfg(target_arch = "x86_64")]
const OLD_FILES: &[c_long] = &[
    libc::SYS_creat,
    libc::SYS_mkdir,
    libc::SYS_mknod,
    libc::SYS_rmdir,
    libc::SYS_unlink,
    libc::SYS_rename,
    libc::SYS_renameat,
    libc::SYS_link,
    libc::SYS_symlink,
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_lchown,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_futimesat,
];
#[cfg(not(target_arch = "x86_64"))]
const OLD_FILES: &[c_long] = &[libc::SYS_renameat];

/// Other processes, and the system itself, which is open to a program that root runs.
const SYSTEM: &[c_long] = &[
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kcmp,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsmount,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_sethostname,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_adjtimex,
    libc::SYS_acct,
    libc::SYS_quotactl,
];

const PROGRAMS: &[c_long] = &[libc::SYS_execve, libc::SYS_execveat];

/// Signals to a process, which is the first argument. A process may send some to itself, as `abort` does.
const SIGNALS: &[c_long] = &[
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_tgkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
];

/// Ways round all of this, whose arguments no filter can see. Callers take them for calls that the kernel does not have, and do
/// without.
const BYPASSES: &[c_long] = &[
    libc::SYS_io_uring_setup,
    libc::SYS_openat2,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_send_signal,
    libc::SYS_pidfd_getfd,
];

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Denies the calls to this thread and all that it starts.
pub(super) fn confine(may_start_programs: bool) -> io::Result<()> {
    for program in programs(may_start_programs).map_err(io::Error::other)? {
        install(&program)?;
    }
    Ok(())
}

fn programs(may_start_programs: bool) -> Result<[BpfProgram; 2], BackendError> {
    let all = |calls: &[c_long]| calls.iter().map(|&call| (call, Vec::new())).collect::<Rules>();
    let mut denied = all(&[NETWORK, FILES, OLD_FILES, SYSTEM].concat());
    denied.insert(libc::SYS_openat, to_write(2)?);
    #[cfg(target_arch = "x86_64")]
    denied.insert(libc::SYS_open, to_write(1)?);
    if !may_start_programs {
        denied.extend(all(PROGRAMS));
        // What a process has started it may end, and who that is changes. Landlock knows.
        let own = u64::from(std::process::id());
        let others = || SeccompRule::new(vec![SeccompCondition::new(0, Dword, Ne, own)?]);
        for &call in SIGNALS {
            denied.insert(call, vec![others()?]);
        }
    }
    Ok([filter(denied, libc::EPERM)?, filter(all(BYPASSES), libc::ENOSYS)?])
}

/// Opens for anything but reading, by the flags in this argument.
fn to_write(argument: u8) -> Result<Vec<SeccompRule>, BackendError> {
    let has = |mask: c_int, value: c_int| {
        let is_set = MaskedEq(mask as u64);
        SeccompRule::new(vec![SeccompCondition::new(argument, Dword, is_set, value as u64)?])
    };
    let modes = (0..=O_ACCMODE).filter(|&mode| mode != O_RDONLY).map(|mode| has(O_ACCMODE, mode));
    modes.chain([O_CREAT, O_TRUNC].map(|flag| has(flag, flag))).collect()
}

fn filter(denied: Rules, error: c_int) -> Result<BpfProgram, BackendError> {
    let architecture = TargetArch::try_from(env::consts::ARCH)?;
    let deny = SeccompAction::Errno(error as u32);
    let mut program =
        BpfProgram::try_from(SeccompFilter::new(denied, SeccompAction::Allow, deny, architecture)?)?;
    // The third interface of this architecture, x32, has numbers of its own: linux/filter.h, linux/seccomp.h.
    if cfg!(target_arch = "x86_64") {
        let [load, jump_if_at_least, end] = [0x20, 0x35, 0x06];
        let x32 = [
            (load, 0, 0, 0),
            (jump_if_at_least, 0, 1, 0x4000_0000),
            (end, 0, 0, libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32),
        ];
        let x32 = x32.map(|(code, jt, jf, k)| seccompiler::sock_filter { code, jt, jf, k });
        program.splice(0..0, x32);
    }
    Ok(program)
}

/// `seccompiler::apply_filter` has no flags: without this one, kernels before 5.16 slow a confined process down, lest it spy on
/// the code that confines it.
fn install(program: &[seccompiler::sock_filter]) -> io::Result<()> {
    // SAFETY: the call takes numbers only.
    if unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut().cast() };
    // SAFETY: the kernel copies the program, which lives until the call returns, and whose instructions are libc's.
    let failed = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW,
            &raw const filter,
        )
    };
    if failed == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
