//! Exercise 8.1: an authority and certificates from it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use anyhow::Context;

use super::Files;
use super::written::{
    FILES, certifies, certifies_not, der, disagree, has_closed_keys, has_only, identity,
    is_valid_for, text,
};
use crate::checks::every_program;
use crate::checks::{Check, Done, Lab, check};
use crate::finding::{Kind, Step, fail};
use crate::program::Stdin;
use crate::wire::tls::paper;

pub static CHECKS: &[Check] = &[
    check(
        "8.1/usage",
        "refuses a command line that makes no sense with exit code 2",
        |lab| {
            let files = Files::new()?;
            let out = &files.folder();
            every_program::refuses(
                lab,
                &[
                    &["certify-me"],
                    &[],
                    &["gencert", "--no-such-option"],
                    &["gencert", "--out", out],
                    &["gencert", "--san", "localhost"],
                ],
            )?;
            has_only(&files, &[])
        },
    )
    .given(),
    check(
        "8.1/files",
        "writes an authority, and a certificate and a key each for server and client",
        |lab| {
            let files = Files::new()?;
            makes(lab, &files, &["--san", "localhost"])?;
            has_only(&files, &FILES)
        },
    )
    .means("Five files: `ca.pem`, `cert.pem`, `key.pem`, `client.pem` and `client-key.pem`."),
    check(
        "8.1/chain",
        "signs the server's certificate with its authority, for the name that it was told",
        |lab| {
            let files = Files::new()?;
            makes(lab, &files, &["--san", "ann.example"])?;
            certifies(&files, "ann.example")?;
            certifies_not(&files, "bob.example")
        },
    )
    .means(
        "A client trusts the authority in `ca.pem`, and checks that it has signed `cert.pem`, \
         that the name it went to stands in it as a subject alternative name, and that the \
         server has the key to it.",
    ),
    check(
        "8.1/names",
        "takes many names, and an IP address as what it is",
        |lab| {
            let files = Files::new()?;
            let (one, other) = (lab.letters(8) + ".example", lab.letters(9) + ".example");
            let names = [&one, "127.0.0.1", "--san", "::1", &other, "localhost"];
            let words = [&["--san"], &names[..]].concat();
            makes(lab, &files, &words)?;
            for name in [&one, &other, "localhost", "127.0.0.1", "::1"] {
                certifies(&files, name)?;
            }
            certifies_not(&files, "127.0.0.2")
        },
    )
    .means(
        "`--san` takes several names, and may be repeated. A name like `127.0.0.1` in a \
         certificate is of another kind than `localhost`: an IP name. A client that goes to an \
         address looks only at those.",
    ),
    check(
        "8.1/authority",
        "makes the authority's certificate one that may sign others",
        |lab| {
            let files = Files::new()?;
            makes(lab, &files, &["--san", "localhost"])?;
            let (authority, host) = (der(&files, "ca.pem")?, der(&files, "cert.pem")?);
            if paper::is_authority(&authority) && !paper::is_authority(&host) {
                return Ok(());
            }
            fail(
                Kind::Output,
                "`ca.pem` to say that it is an authority, and `cert.pem` not",
                "the basic constraints of one of them say otherwise",
            )
        },
    )
    .means(
        "Whether a certificate may sign others stands in it (basic constraints, CA). Without it \
         strict clients do not follow the chain; with it in the server's own, whoever steals its \
         key can be anybody.",
    ),
    check(
        "8.1/client",
        "makes a certificate for a client, from the same authority",
        |lab| {
            let files = Files::new()?;
            makes(lab, &files, &["--san", "localhost"])?;
            let host = identity(&files, "cert.pem", "key.pem")?;
            let visitor = identity(&files, "client.pem", "client-key.pem")?;
            let authority = text(&files, "ca.pem")?;
            match paper::agree(&host, Some(&visitor), &authority, "localhost") {
                Ok(()) => Ok(()),
                // Good enough for some programs, and the contract does not say which version.
                Err(why) if format!("{why:#}").contains("UnsupportedCertVersion") => Ok(()),
                Err(why) => disagree(
                    "a server that trusts `ca.pem` to accept `client.pem` and `client-key.pem`",
                    &why,
                ),
            }
        },
    ),
    check("8.1/modes", "lets nobody else read the keys", |lab| {
        let files = Files::new()?;
        makes(lab, &files, &["--san", "localhost"])?;
        has_closed_keys(&files)
    })
    .means(
        "Whoever reads a key can be who it belongs to. Create its file with mode 0600 from the \
         start: one that is closed later was open for a moment.",
    ),
    check(
        "8.1/days",
        "lets them be valid from now on, for as many days as it was told",
        |lab| {
            for (words, days) in [(&[][..], 30), (&["--days", "3"][..], 3)] {
                let files = Files::new()?;
                makes(lab, &files, &[&["--san", "localhost"], words].concat())?;
                is_valid_for(&files, days)?;
            }
            Ok(())
        },
    )
    .means("A certificate says from when until when it is valid: from now, for `--days` days."),
    check(
        "8.1/no-days",
        "refuses to make certificates for no day at all",
        |lab| {
            let files = Files::new()?;
            let done = gencert(lab, &files, &["--san", "localhost", "--days", "0"])?;
            done.exits(&[2])?;
            has_only(&files, &[])
        },
    )
    .given(),
    check(
        "8.1/exists",
        "writes nothing at all if one of the files is there already",
        |lab| {
            for name in ["ca.pem", "client-key.pem"] {
                let files = Files::new()?;
                files.with(name, "mine")?;
                let done = gencert(lab, &files, &["--san", "localhost"])?;
                done.exits(&[1])?.complains("")?;
                has_only(&files, &[name])?;
                if text(&files, name)? != "mine" {
                    return fail(
                        Kind::Output,
                        format!("`{name}` to be left as it was"),
                        "other content",
                    );
                }
            }
            Ok(())
        },
    )
    .means(
        "A key that is overwritten is lost, and half of a new set beside half of an old one fits \
         nothing. Look at all five before you write the first.",
    ),
    check(
        "8.1/force",
        "replaces all of them with `--force`, and closes keys that were open",
        |lab| {
            let files = Files::new()?;
            for name in FILES {
                let path = files.with(name, "old")?;
                fs::set_permissions(path, fs::Permissions::from_mode(0o644))
                    .context("the grader could not change a mode")?;
            }
            makes(lab, &files, &["--san", "localhost", "--force"])?;
            certifies(&files, "localhost")?;
            has_closed_keys(&files)
        },
    )
    .means(
        "A mode that is given when a file is opened counts only if that creates it. One that was \
         there keeps its own: set it, or put a new file in its place.",
    ),
];

fn gencert(lab: &mut Lab, files: &Files, words: &[&str]) -> Step<Done> {
    let out = files.folder();
    let all = [&["gencert"], words, &["--out", &out]].concat();
    // Keys of some kinds are searched for, which takes as long as it takes.
    let patience = lab.patience().start() * 4;
    lab.takes(patience);
    lab.starts(all, Stdin::Empty)?.done_within(patience)
}

fn makes(lab: &mut Lab, files: &Files, words: &[&str]) -> Step {
    gencert(lab, files, words)?.exits(&[0])?;
    Ok(())
}
