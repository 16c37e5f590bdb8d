//! What `gencert` has written, and whether it is good for what it is meant.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use anyhow::Context;
use time::{Duration, OffsetDateTime};

use super::Files;
use crate::finding::{Finding, Kind, Step, fail};
use crate::wire::tls::{Identity, paper};

/// What `gencert` writes.
pub const FILES: [&str; 5] = [
    "ca.pem",
    "cert.pem",
    "key.pem",
    "client.pem",
    "client-key.pem",
];

/// Which of them hold keys.
const KEYS: [&str; 2] = ["key.pem", "client-key.pem"];

pub fn text(files: &Files, name: &str) -> Step<String> {
    fs::read_to_string(files.path(name)).or_else(|error| {
        fail(
            Kind::Output,
            format!("the file `{name}` in the folder of `--out`"),
            error.to_string(),
        )
    })
}

pub fn identity(files: &Files, certificate: &str, key: &str) -> Step<Identity> {
    Ok(Identity {
        certificate: text(files, certificate)?,
        key: text(files, key)?,
    })
}

/// The first certificate in a file.
pub fn der(files: &Files, name: &str) -> Step<Vec<u8>> {
    let identity = Identity {
        certificate: text(files, name)?,
        key: text(files, "key.pem")?,
    };
    match identity.der() {
        Ok((chain, _)) if !chain.is_empty() => Ok(chain[0].to_vec()),
        Ok(_) => fail(
            Kind::Output,
            format!("a certificate in `{name}`, as PEM"),
            "none",
        ),
        Err(why) => disagree(&format!("`{name}` and `key.pem` to be PEM"), &why),
    }
}

/// A client that trusts `ca.pem` believes a server with `cert.pem` and `key.pem` to be this one.
pub fn certifies(files: &Files, name: &str) -> Step {
    match agrees(files, name)? {
        Ok(()) => Ok(()),
        Err(why) => disagree(
            &format!("a client that trusts `ca.pem` to accept `cert.pem` for {name}"),
            &why,
        ),
    }
}

pub fn certifies_not(files: &Files, name: &str) -> Step {
    match agrees(files, name)? {
        Err(_) => Ok(()),
        Ok(()) => fail(
            Kind::Output,
            format!("`cert.pem` to be for the names that were given, and not for {name}"),
            "a client accepts it",
        ),
    }
}

fn agrees(files: &Files, name: &str) -> Step<anyhow::Result<()>> {
    let host = identity(files, "cert.pem", "key.pem")?;
    let authority = text(files, "ca.pem")?;
    Ok(paper::agree(&host, None, &authority, name))
}

pub fn disagree<T>(expected: &str, why: &anyhow::Error) -> Step<T> {
    fail(Kind::Output, expected, format!("{why:#}"))
}

/// These files are in the folder, and no others.
pub fn has_only(files: &Files, names: &[&str]) -> Step {
    let mut there: Vec<String> = fs::read_dir(files.folder())
        .context("the grader could not look into its folder")?
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .collect();
    there.sort();
    let mut names = names.to_vec();
    names.sort_unstable();
    let missing = names
        .iter()
        .find(|name| !there.iter().any(|one| one == *name));
    let more = match &names[..] {
        // What else it may need, like a serial number, is its own affair.
        names if names.len() == FILES.len() => None,
        names => there.iter().find(|one| !names.contains(&one.as_str())),
    };
    match (missing, more) {
        (None, None) => Ok(()),
        (Some(name), _) => fail(
            Kind::Output,
            format!("the file `{name}` in the folder of `--out`"),
            format!("there are: {}", there.join(", ")),
        ),
        (_, Some(one)) => fail(
            Kind::Output,
            "nothing to be written",
            format!("the file `{one}`"),
        ),
    }
}

pub fn has_closed_keys(files: &Files) -> Step {
    for name in KEYS {
        text(files, name)?;
        let mode = fs::metadata(files.path(name))
            .with_context(|| format!("`{name}` cannot be looked at"))?
            .permissions()
            .mode()
            & 0o7777;
        if mode != 0o600 {
            return Err(Finding::new(
                Kind::Output,
                format!("`{name}` to have mode 0600"),
                format!("mode {mode:04o}"),
            )
            .into());
        }
    }
    Ok(())
}

/// The server's certificate is valid now, and for so many days; the authority's at least now.
pub fn is_valid_for(files: &Files, days: i64) -> Step {
    /// Where a program counts whole days, or lets them begin a little ago.
    const SLACK: Duration = Duration::hours(25);
    let now = OffsetDateTime::now_utc();
    for name in ["ca.pem", "cert.pem", "client.pem"] {
        let (from, until) = match paper::validity(&der(files, name)?) {
            Ok(times) => times,
            Err(why) => return disagree(&format!("`{name}` to say when it is valid"), &why),
        };
        if from > now + Duration::minutes(1) || until < now {
            return fail(
                Kind::Output,
                format!("`{name}` to be valid now"),
                format!("it is from {from} until {until}"),
            );
        }
        let off = (until - now - Duration::days(days)).abs();
        if name == "cert.pem" && off > SLACK {
            return fail(
                Kind::Output,
                format!("`{name}` to be valid for {days} days"),
                format!("it is until {until}"),
            );
        }
    }
    Ok(())
}
