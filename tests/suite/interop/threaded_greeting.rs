//! Lab 04 with nc and socat.

use libtest_mimic::Failed;

use super::Meeting;
use super::conversation::{Beside, prints, reference, same};

pub static MEETINGS: &[Meeting] = &[
    Meeting {
        name: "04-nc-is-greeted",
        needs: &["nc"],
        takes_place: nc_is_greeted,
    },
    Meeting {
        name: "04-socat-is-greeted-beside-another",
        needs: &["socat"],
        takes_place: socat_is_greeted_beside_another,
    },
    Meeting {
        name: "04-the-client-talks-to-nc",
        needs: &["nc"],
        takes_place: the_client_talks_to_nc,
    },
];

fn nc_is_greeted() -> Result<(), Failed> {
    let server = Beside::server(4)?;
    let nc = format!("nc 127.0.0.1 {}", server.port);
    prints(
        &format!("printf 'Ann\\nBob\\r\\nexit\\n' | {nc}"),
        "Welcome!\nHello, Ann!\nHello, Bob!\n",
    )?;
    prints(
        &format!("printf '\\377\\n' | {nc}"),
        "Welcome!\nERR utf-8\n",
    )
}

fn socat_is_greeted_beside_another() -> Result<(), Failed> {
    let server = Beside::server(4)?;
    let port = server.port;
    prints(
        &format!("exec 3<>/dev/tcp/127.0.0.1/{port}; read -r welcome <&3; echo \"$welcome\""),
        "Welcome!\n",
    )?;
    prints(
        &format!(
            "exec 3<>/dev/tcp/127.0.0.1/{port}
             printf 'Ann\\nexit\\n' | socat -t 10 - TCP:127.0.0.1:{port}"
        ),
        "Welcome!\nHello, Ann!\n",
    )
}

fn the_client_talks_to_nc() -> Result<(), Failed> {
    let nc = Beside::nc("printf 'Welcome!\\nHello, Ann!\\n' | nc -nlv 127.0.0.1 0")?;
    let client = format!(
        "{} client --connect 127.0.0.1:{} Ann",
        reference(4)?,
        nc.port
    );
    prints(&client, "Welcome!\nHello, Ann!\n")?;
    let heard = nc.last_words()?;
    let said = heard.split_once('\n').unwrap_or_default().1;
    same("what nc heard", said, "Ann\nexit\n")
}
