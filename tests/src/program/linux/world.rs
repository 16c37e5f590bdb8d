//! Namespaces with files of their own in `/etc`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::mount::{MountPropagationFlags, mount_bind, mount_change};
use rustix::process::{getegid, geteuid};
use rustix::thread::UnshareFlags;

use super::super::folder;
use super::super::spec::World;

/// Moves this process into namespaces where the world's files lie over those of the machine.
/// Only a process with a single thread can do it.
pub fn enter(world: &World) -> Result<(), String> {
    unshare()?;
    // What is mounted here must not show up outside.
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", private).map_err(|error| format!("cannot keep mounts to itself: {error}"))?;
    let place = folder::make(std::process::id()).map_err(|error| error.to_string())?;
    let laid = lay_over(world, &place);
    // What is mounted stays, though it has no name any more.
    let removed = folder::remove(&place).map_err(|error| error.to_string());
    laid.and(removed)?;
    if let Some(name) = &world.hostname {
        rustix::system::sethostname(name.as_bytes())
            .map_err(|error| format!("cannot set a host name: {error}"))?;
    }
    Ok(())
}

#[expect(
    unsafe_code,
    reason = "rustix has no safe form; only FILES, not asked for, is unsafe"
)]
fn unshare() -> Result<(), String> {
    let (user, group) = (geteuid(), getegid());
    let mut flags = UnshareFlags::NEWNS | UnshareFlags::NEWUTS;
    if !user.is_root() {
        flags |= UnshareFlags::NEWUSER;
    }
    // SAFETY: the table of descriptors stays as it is.
    unsafe { rustix::thread::unshare_unsafe(flags) }
        .map_err(|error| format!("unshare: {error}"))?;
    if !user.is_root() {
        let write = |file: &str, text: String| -> Result<(), String> {
            fs::write(file, text).map_err(|error| format!("{file}: {error}"))
        };
        // user_namespaces(7): each in the new namespace is the same one outside.
        let (user, group) = (user.as_raw(), group.as_raw());
        write("/proc/self/setgroups", "deny".to_string())?;
        write("/proc/self/uid_map", format!("{user} {user} 1"))?;
        write("/proc/self/gid_map", format!("{group} {group} 1"))?;
    }
    Ok(())
}

fn lay_over(world: &World, place: &Path) -> Result<(), String> {
    let files = [
        ("hosts", Some(&world.hosts)),
        ("resolv.conf", Some(&world.resolv)),
        ("nsswitch.conf", world.nsswitch.as_ref()),
    ];
    for (name, text) in files {
        let Some(text) = text else { continue };
        let file: PathBuf = place.join(name);
        let target = Path::new("/etc").join(name);
        // Some systems have no nsswitch.conf, and no use for one. All have a hosts file.
        if name != "hosts" && !target.exists() {
            continue;
        }
        let bind = |file: &Path| -> io::Result<()> {
            fs::write(file, text)?;
            Ok(mount_bind(file, &target)?)
        };
        bind(&file).map_err(|error| format!("{}: {error}", target.display()))?;
    }
    hide_the_name_service(place)
}

/// Where a name service daemon runs (nscd; NixOS always has one), programs ask it instead of
/// reading the files themselves, and it is outside of the world and sees other files. Programs
/// that find no socket read the files.
fn hide_the_name_service(place: &Path) -> Result<(), String> {
    let target = Path::new("/var/run/nscd");
    if !target.is_dir() {
        return Ok(());
    }
    let empty = place.join("empty");
    fs::create_dir(&empty)
        .and_then(|()| Ok(mount_bind(&empty, target)?))
        .map_err(|error| format!("{}: {error}", target.display()))
}
