//! Lab 01 with getent, and with a real DNS server.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use libtest_mimic::Failed;

use super::Meeting;
use super::conversation::{Beside, free_port, prints, reference, run, same};

pub static MEETINGS: &[Meeting] = &[
    Meeting {
        name: "01-getent-knows-the-same-addresses",
        needs: &["getent"],
        takes_place: getent_knows_the_same_addresses,
    },
    Meeting {
        name: "01-uname-says-the-same-name",
        needs: &["uname"],
        takes_place: uname_says_the_same_name,
    },
    Meeting {
        name: "01-dnsmasq-answers-as-it-answers-dig",
        needs: &["dnsmasq", "dig"],
        takes_place: dnsmasq_answers_as_it_answers_dig,
    },
    Meeting {
        name: "01-dnsmasq-knows-no-such-name",
        needs: &["dnsmasq"],
        takes_place: dnsmasq_knows_no_such_name,
    },
];

/// IPv4 alone: of IPv6 addresses getent leaves out what this machine could not reach.
fn getent_knows_the_same_addresses() -> Result<(), Failed> {
    let program = reference(1)?;
    for name in ["localhost", "\"$(uname -n)\"", "127.0.0.1"] {
        let typed = format!("getent ahostsv4 {name} | awk '{{ print $1 }}'");
        let (known, _) = run(&typed)?;
        let (found, _) = run(&format!("{program} resolve -4 {name} | cut -f 2"))?;
        // A name that neither knows is known the same to both; ours says so on stderr.
        let addresses = |text: &str| -> BTreeSet<Ipv4Addr> {
            text.lines().filter_map(|line| line.parse().ok()).collect()
        };
        same(name, &addresses(&found), &addresses(&known))?;
    }
    Ok(())
}

fn uname_says_the_same_name() -> Result<(), Failed> {
    let (name, _) = run("uname -n")?;
    prints(&format!("{} self", reference(1)?), &name)
}

fn dnsmasq_answers_as_it_answers_dig() -> Result<(), Failed> {
    let dns = dnsmasq()?;
    for name in ["several.test", "alias.test", "an.other.alias.test."] {
        let dig = format!(
            "dig +short -p {} @127.0.0.1 {name} A | grep -v '[a-z]' | sort",
            dns.port
        );
        let (expected, _) = run(&dig)?;
        let query = format!(
            "set -o pipefail; {} query {name} --server 127.0.0.1:{} | cut -f 2 | sort",
            reference(1)?,
            dns.port
        );
        prints(&query, &expected)?;
    }
    Ok(())
}

fn dnsmasq_knows_no_such_name() -> Result<(), Failed> {
    let dns = dnsmasq()?;
    for name in ["nobody.test", "only6.test"] {
        let query = format!(
            "{} query {name} --server 127.0.0.1:{}",
            reference(1)?,
            dns.port
        );
        let (_, code) = run(&query)?;
        same(&query, code.as_str(), "1")?;
    }
    Ok(())
}

/// A DNS server that knows these names and asks nobody else.
fn dnsmasq() -> Result<Beside, Failed> {
    let port = free_port()?;
    let typed = format!(
        "exec dnsmasq --no-daemon --conf-file=/dev/null --user=\"$(id -un)\" --pid-file= \
         --port={port} --listen-address=127.0.0.1 --bind-interfaces --no-resolv --no-hosts \
         --local=/test/ --host-record=several.test,192.0.2.7 --host-record=several.test,192.0.2.8 \
         --host-record=only6.test,2001:db8::1 --cname=alias.test,several.test \
         --cname=an.other.alias.test,alias.test"
    );
    Beside::start_at(port, &typed, "started, version")
}
