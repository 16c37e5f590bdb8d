//! Lab 07 with nc and socat.

use libtest_mimic::Failed;

use super::Meeting;
use super::conversation::{Beside, prints, reference, same};

pub static MEETINGS: &[Meeting] = &[
    Meeting {
        name: "07-nc-is-answered-or-sent-away",
        needs: &["nc"],
        takes_place: nc_is_answered_or_sent_away,
    },
    Meeting {
        name: "07-socat-waits-for-drips",
        needs: &["socat"],
        takes_place: socat_waits_for_drips,
    },
    Meeting {
        name: "07-the-probe-asks-nc",
        needs: &["nc"],
        takes_place: the_probe_asks_nc,
    },
    Meeting {
        name: "07-the-probe-gives-up-on-socat",
        needs: &["socat"],
        takes_place: the_probe_gives_up_on_socat,
    },
    Meeting {
        name: "07-nc-counts-what-is-sent",
        needs: &["nc"],
        takes_place: nc_counts_what_is_sent,
    },
];

/// The server, with these options, on a free port.
fn server(options: &str) -> Result<Beside, Failed> {
    Beside::start(
        &format!("{} server --listen 127.0.0.1:0 {options}", reference(7)?),
        "listening on 127.0.0.1:",
    )
}

fn nc_is_answered_or_sent_away() -> Result<(), Failed> {
    let server = server("--line-ms 300")?;
    let nc = format!("nc 127.0.0.1 {}", server.port);
    prints(
        &format!("printf 'PING\\nPING\\r\\n' | {nc} -N"),
        "PONG\nPONG\n",
    )?;
    prints(&format!("(printf PI; sleep 1) | {nc}"), "ERR too-slow\n")
}

fn socat_waits_for_drips() -> Result<(), Failed> {
    let server = server("--mode drip --drip-ms 20")?;
    let socat = format!("socat -t 10 - TCP:127.0.0.1:{}", server.port);
    prints(
        &format!("printf 'PING\\nPING\\n' | {socat}"),
        "PONG\nPONG\n",
    )
}

fn the_probe_asks_nc() -> Result<(), Failed> {
    let nc = Beside::nc("printf 'an answer\\r\\n' | nc -nlv 127.0.0.1 0")?;
    let probe = format!("{} probe --connect 127.0.0.1:{}", reference(7)?, nc.port);
    prints(&format!("{probe} 2>/dev/null"), "an answer\n")?;
    let heard = nc.last_words()?;
    let said = heard.split_once('\n').unwrap_or_default().1;
    same("what nc heard", said, "PING\n")
}

fn the_probe_gives_up_on_socat() -> Result<(), Failed> {
    let socat = Beside::start(
        "socat -d -d TCP-LISTEN:0,bind=127.0.0.1,fork SYSTEM:'printf half; sleep 3'",
        "listening on AF=2 127.0.0.1:",
    )?;
    let probe = format!(
        "{} probe --connect 127.0.0.1:{} --read-ms 500 --retries 1",
        reference(7)?,
        socat.port
    );
    prints(
        &format!("{{ {probe}; echo \"exit $?\"; }} 2>&1 | tail -3"),
        "timeout: read\npartial: half\nexit 4\n",
    )
}

fn nc_counts_what_is_sent() -> Result<(), Failed> {
    let nc = Beside::nc("nc -nlv 127.0.0.1 0 < /dev/null | wc -c")?;
    let send = format!(
        "{} send --connect 127.0.0.1:{} --bytes 3000000",
        reference(7)?,
        nc.port
    );
    prints(&send, "")?;
    let heard = nc.last_words()?;
    let count = heard.trim().rsplit('\n').next().unwrap_or_default().trim();
    same("what nc counted", count, "3000000")
}
