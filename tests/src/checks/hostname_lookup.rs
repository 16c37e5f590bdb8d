//! Lab 01, host names: what the program says of this machine, and of names. What it says of
//! addresses, and how it asks a DNS server, is in the files beside this one.

pub mod addresses;
pub mod answer;
mod asked;
pub mod broken;
mod kinds;
mod lines;
mod message;
mod names;
pub mod question;
mod route;
pub mod strays;

use std::net::IpAddr;

use super::{Check, Lab, check};
use crate::finding::{Kind, Means, fail};
use crate::program::{Stdin, Stdout};
use kinds::{elsewhere, private, unique_local};
use lines::{Line, read, same_addresses};
use names::Names;

pub static CHECKS: &[Check] = &[
    check("1.1/name", "prints the host name of this machine", |lab| {
        let liar = lab.word();
        let mut spec = lab.spec(["self"], Stdin::Empty);
        for variable in ["HOSTNAME", "HOST", "NAME", "COMPUTERNAME"] {
            spec.env.push((variable.into(), Some(liar.clone())));
        }
        let system = rustix::system::uname();
        let name = system.nodename().to_string_lossy();
        lines::says_only(lab.start(spec)?.done()?.exits(&[0])?, &name)
    })
    .means(
        "The kernel keeps the name of this machine, and uname(2) tells it. A variable like \
         HOSTNAME holds whatever somebody has put there.",
    ),
    check(
        "1.1/another-name",
        "prints the host name of a machine that it has never seen",
        |lab| {
            let name = format!("Quokka-{}.{}.test", lab.word(), lab.word());
            let spec = Names::new().of_a_machine_called(&name).spec(lab, &["self"]);
            lines::says_only(lab.start(spec)?.done()?.exits(&[0])?, &name)
        },
    )
    .means(
        "The name belongs to the machine, not to the program: ask the system each time, and print \
         what it says, dots, capitals and all.",
    ),
    check(
        "1.1/closed-pipe",
        "ends quietly with 1 if nobody reads what it prints",
        |lab| {
            lab.run(["self"])?.exits(&[0])?;
            let mut spec = lab.spec(["self"], Stdin::Empty);
            spec.stdout = Stdout::ReaderGone;
            let done = lab.start(spec)?.done()?;
            done.ended_quietly()
        },
    )
    .means(
        "`println!` panics when the reader of a pipe has gone. `shared::line` and `shared::write` \
         return an error instead. In other languages SIGPIPE may end the program: ignore it.",
    ),
    check(
        "1.1/usage",
        "refuses a command line that makes no sense with exit code 2",
        |lab| {
            for words in [
                &[][..],
                &["who-am-i"],
                &["self", "--no-such-option"],
                &["resolve"],
                &["route"],
                &["query", "www.test"],
            ] {
                lab.run(words)?.exits(&[2])?.prints("")?;
            }
            Ok(())
        },
    )
    .given(),
    check(
        "1.2/localhost",
        "finds the addresses of localhost, a name without a port",
        |lab| {
            let spec = Names::new().spec(lab, &["resolve", "localhost"]);
            let done = lab.start(spec)?.done()?;
            let done = done.exits(&[0]).or_means(
                "`ToSocketAddrs` of a text wants `NAME:PORT`. A plain name goes in as a pair: \
                 `(name, 0).to_socket_addrs()`.",
            )?;
            let lines = read(done)?;
            lines::named(&lines, &["localhost"])?;
            match lines.iter().find(|line| !line.address.is_loopback()) {
                None => Ok(()),
                Some(line) => fail(
                    Kind::Output,
                    "an address of localhost, 127.0.0.1 or ::1",
                    line.address.to_string(),
                ),
            }
        },
    ),
    check(
        "1.2/several",
        "prints all addresses of a name, of both families",
        |lab| {
            let (name, addresses) = (name_of("ann", lab), three_and_two(lab));
            let names = Names::new().with(&name, &addresses);
            let done = lab.start(names.spec(lab, &["resolve", &name]))?.done()?;
            let lines = read(done.exits(&[0])?)?;
            lines::named(&lines, &[&name])?;
            same_addresses(&name, &addresses, &distinct(&lines))
        },
    )
    .means(
        "A name can have many addresses, of IPv4 and of IPv6, and each of them gets a line. The \
         resolver returns a list: go through all of it.",
    ),
    check(
        "1.2/order-of-names",
        "answers several names in the order in which they were given",
        |lab| {
            let mut names = Names::new();
            let who: Vec<_> = ["cleo", "ann", "bob"].map(|who| name_of(who, lab)).into();
            for name in &who {
                names = names.with(name, &[private(lab)]);
            }
            let words = ["resolve", &who[0], &who[1], &who[2]];
            let done = lab.start(names.spec(lab, &words))?.done()?;
            let lines = read(done.exits(&[0])?)?;
            lines::named(&lines, &[&who[0], &who[1], &who[2]])
        },
    ),
    check(
        "1.2/literal",
        "takes an IP address for its own answer",
        |lab| {
            let (v4, v6) = (private(lab), unique_local(lab));
            let long = lines::written_out(v6);
            let done = lab.run(["resolve", &v4.to_string(), "::1", &long])?;
            let lines = read(done.exits(&[0])?)?;
            lines::named(&lines, &[&v4.to_string(), "::1", &long])?;
            let expected = [v4, "::1".parse().expect("::1"), v6];
            same_addresses("the literals", &expected, &distinct(&lines))
        },
    )
    .means("The resolver takes an address in text form too: it needs no special case."),
    check(
        "1.2/unknown",
        "says that a name is unknown, and ends with 1",
        |lab| {
            let (known, unknown) = (name_of("ann", lab), names::unknown(lab));
            let names = Names::new().with(&known, &[private(lab)]);
            let done = lab.start(names.spec(lab, &["resolve", &known]))?.done()?;
            done.exits(&[0])?;
            let done = lab.start(names.spec(lab, &["resolve", &unknown]))?;
            let done = done.done_within(names::A_RESOLVER_GIVES_UP)?;
            done.exits(&[1])?.prints("")?.blames(&unknown)?;
            Ok(())
        },
    )
    .means(
        "That a name is unknown is the most usual error there is: `error: NAME: WHY` on standard \
         error, nothing on standard output, exit code 1.",
    ),
    check(
        "1.3/good-bad-good",
        "goes on after a name that does not resolve",
        |lab| {
            let (ann, bob) = (name_of("ann", lab), name_of("bob", lab));
            let (unknown, addresses) = (names::unknown(lab), [private(lab), private(lab)]);
            let names = Names::new()
                .with(&ann, &addresses[..1])
                .with(&bob, &addresses[1..]);
            let words = ["resolve", &ann, &unknown, &bob];
            let done = lab.start(names.spec(lab, &words))?;
            let done = done.done_within(names::A_RESOLVER_GIVES_UP)?;
            let lines = read(&done)?;
            lines::named(&lines, &[&ann, &bob])?;
            same_addresses("the two good names", &addresses, &distinct(&lines))?;
            done.blames(&unknown)?.exits(&[1])?;
            Ok(())
        },
    )
    .means(
        "One name that is not known takes nothing from the others: report it, remember it for the \
         exit code, and go on. A `?` in the loop ends the run.",
    ),
    check(
        "1.3/bad-ones-around",
        "names each name that does not resolve",
        |lab| {
            let (first, last) = (names::unknown(lab), names::unknown(lab));
            let (ann, address) = (name_of("ann", lab), private(lab));
            let names = Names::new().with(&ann, &[address]);
            let words = ["resolve", &first, &ann, &last];
            let done = lab.start(names.spec(lab, &words))?;
            let done = done.done_within(names::A_RESOLVER_GIVES_UP)?;
            same_addresses(&ann, &[address], &distinct(&read(&done)?))?;
            done.blames(&first)?.blames(&last)?.exits(&[1])?;
            Ok(())
        },
    )
    .means("Each unknown name has its own line `error: NAME: WHY`, also the first and the last."),
    check(
        "1.4/one-family",
        "prints only IPv4 addresses with -4, and only IPv6 addresses with -6",
        |lab| {
            let (name, addresses) = (name_of("ann", lab), three_and_two(lab));
            let names = Names::new().with(&name, &addresses);
            for (option, expected) in [("-4", &addresses[..3]), ("-6", &addresses[3..])] {
                let spec = names.spec(lab, &["resolve", option, &name]);
                let lines = read(lab.start(spec)?.done()?.exits(&[0])?)?;
                let what = format!("{name} with {option}");
                same_addresses(&what, expected, &distinct(&lines))?;
            }
            Ok(())
        },
    ),
    check(
        "1.4/literal-of-the-other",
        "does not resolve an address of the other family",
        |lab| {
            for (option, good, other) in [
                ("-4", private(lab), unique_local(lab)),
                ("-6", unique_local(lab), private(lab)),
            ] {
                let (good, other) = (good.to_string(), other.to_string());
                let done = lab.run(["resolve", option, &good])?;
                lines::named(&read(done.exits(&[0])?)?, &[&good])?;
                let done = lab.run(["resolve", option, &other])?;
                let nothing = || done.prints("")?.blames(&other)?.exits(&[1]);
                nothing().or_means(
                    "With `-4`, an IPv6 address is a name that does not resolve: an error, exit \
                     code 1, and nothing on standard output.",
                )?;
            }
            Ok(())
        },
    ),
    check(
        "1.4/none-of-that-family",
        "does not resolve a name that has no address of the family",
        |lab| {
            let (name, address) = (name_of("ann", lab), private(lab));
            let names = Names::new().with(&name, &[address]);
            let spec = names.spec(lab, &["resolve", "-4", &name]);
            let lines = read(lab.start(spec)?.done()?.exits(&[0])?)?;
            same_addresses(&name, &[address], &distinct(&lines))?;
            let process = lab.start(names.spec(lab, &["resolve", "-6", &name]))?;
            let done = process.done_within(names::A_RESOLVER_GIVES_UP)?;
            done.prints("")?.blames(&name)?.exits(&[1])?;
            Ok(())
        },
    )
    .means("If nothing is left of the family that was asked for, the name has not resolved."),
    check(
        "1.4/both-families-at-once",
        "refuses -4 together with -6",
        |lab| {
            let address = private(lab).to_string();
            lab.run(["resolve", "-4", &address])?.exits(&[0])?;
            lab.run(["resolve", "-6", "::1"])?.exits(&[0])?;
            let done = lab.run(["resolve", "-4", "-6", &address])?;
            done.exits(&[2])?.prints("")?;
            Ok(())
        },
    )
    .means("Who asks for IPv4 alone and for IPv6 alone wants what cannot be: wrong usage, exit 2."),
    check(
        "1.4/each-once",
        "prints an address once, however often the system names it",
        |lab| {
            let (ann, bob) = (name_of("ann", lab), name_of("bob", lab));
            let (v4, v6, other) = (private(lab), unique_local(lab), elsewhere(lab));
            let names = Names::new()
                .with(&ann, &[v4, v6, other, v4])
                .with(&bob, &[v4])
                .with_line(&format!("{} {ann}", lines::written_out(v6)));
            let spec = names.spec(lab, &["resolve", &ann, &bob]);
            let lines = read(lab.start(spec)?.done()?.exits(&[0])?)?;
            let of = |name: &str| -> Vec<_> {
                let own = lines.iter().filter(|line| line.name == name);
                own.map(|line| line.address).collect()
            };
            same_addresses(&ann, &[v4, v6, other], &of(&ann))?;
            same_addresses(&bob, &[v4], &of(&bob)).or_means(
                "Each address comes once within a name. Two names may well have the same address, \
                 and then each of them has its line.",
            )
        },
    )
    .means(
        "A hosts file may name an address twice, and the resolver of some languages gives each \
         address once for TCP, once for UDP and once more. Print what is not printed yet.",
    ),
];

/// A name of somebody, like `ann.kqzhw.test`.
fn name_of(who: &str, lab: &mut Lab) -> String {
    format!("{who}.{}.test", lab.word())
}

/// Three IPv4 addresses and two of IPv6, all different.
fn three_and_two(lab: &mut Lab) -> Vec<IpAddr> {
    let mut addresses = Vec::new();
    while addresses.len() < 5 {
        let address = if addresses.len() < 3 {
            private(lab)
        } else {
            unique_local(lab)
        };
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

/// The addresses, each once: before exercise 1.4 it may come more often.
fn distinct(lines: &[Line]) -> Vec<IpAddr> {
    let mut addresses: Vec<_> = lines.iter().map(|line| line.address).collect();
    addresses.sort();
    addresses.dedup();
    addresses
}
