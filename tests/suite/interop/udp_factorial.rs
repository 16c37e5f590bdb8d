//! Lab 03 with nc and socat.

use libtest_mimic::Failed;

use super::Meeting;
use super::conversation::{Beside, free_port, prints, reference};

pub static MEETINGS: &[Meeting] = &[
    Meeting {
        name: "03-nc-is-answered",
        needs: &["nc"],
        takes_place: nc_is_answered,
    },
    Meeting {
        name: "03-socat-is-answered",
        needs: &["socat"],
        takes_place: socat_is_answered,
    },
    Meeting {
        name: "03-the-client-asks-socat",
        needs: &["socat"],
        takes_place: the_client_asks_socat,
    },
];

fn nc_is_answered() -> Result<(), Failed> {
    let server = Beside::server(3)?;
    let nc = format!("nc -u -w 1 127.0.0.1 {}", server.port);
    prints(&format!("printf 20 | {nc}"), "2432902008176640000")?;
    prints(&format!("printf '#7 -1' | {nc}"), "#7 ERR negative")
}

fn socat_is_answered() -> Result<(), Failed> {
    let server = Beside::server(3)?;
    let socat = format!("socat -t 1 - UDP:127.0.0.1:{}", server.port);
    prints(&format!("printf 'hello Ann' | {socat}"), "Hello, Ann!")?;
    prints(&format!("printf '#12 1000' | {socat} | wc -c"), "2572\n")
}

/// The answer comes from a shell script: the ID as it was sent, and 120.
fn the_client_asks_socat() -> Result<(), Failed> {
    let port = free_port()?;
    let answer = "read -r id number; echo -n $id 120";
    let server = format!("socat -d -d UDP4-RECVFROM:{port},bind=127.0.0.1,fork 'SYSTEM:{answer}'");
    let server = Beside::start_at(port, &server, "receiving on")?;
    let client = format!(
        "{} client --connect 127.0.0.1:{} 5",
        reference(3)?,
        server.port
    );
    prints(&client, "120\n")
}
