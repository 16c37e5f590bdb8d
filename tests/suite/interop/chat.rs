//! Lab 05 with nc and socat as guests of the room, as the room, and as the other one of two.

use libtest_mimic::Failed;

use super::Meeting;
use super::conversation::{Beside, prints, reference, same, typed_to};

pub static MEETINGS: &[Meeting] = &[
    Meeting {
        name: "05-nc-and-socat-in-a-room",
        needs: &["nc", "socat"],
        takes_place: nc_and_socat_in_a_room,
    },
    Meeting {
        name: "05-the-client-in-a-room-of-nc",
        needs: &["nc"],
        takes_place: the_client_in_a_room_of_nc,
    },
    Meeting {
        name: "05-duo-waits-for-socat",
        needs: &["socat"],
        takes_place: duo_waits_for_socat,
    },
    Meeting {
        name: "05-duo-goes-to-nc",
        needs: &["nc"],
        takes_place: duo_goes_to_nc,
    },
];

fn nc_and_socat_in_a_room() -> Result<(), Failed> {
    let server = Beside::server(5)?;
    let port = server.port;
    prints(
        &format!("printf 'Ann\\n/who\\n/quit\\n' | nc 127.0.0.1 {port}"),
        "Welcome! What is your name?\n* in the room:\n* in the room: Ann\n",
    )?;
    prints(
        &format!(
            "exec 3<>/dev/tcp/127.0.0.1/{port}; echo Bob >&3; head -2 <&3
             printf 'Carol\\r\\nhello\\r\\n' | socat -t 10 - TCP:127.0.0.1:{port}; head -3 <&3"
        ),
        "Welcome! What is your name?\n* in the room:\n\
         Welcome! What is your name?\n* in the room: Bob\n\
         * Carol joined\n[Carol] hello\n* Carol left\n",
    )
}

fn the_client_in_a_room_of_nc() -> Result<(), Failed> {
    let said = "Welcome! What is your name?\\n* in the room: Bob\\n[Bob] hi\\n";
    let nc = Beside::nc(&format!("printf '{said}' | nc -nlv 127.0.0.1 0"))?;
    let client = format!(
        "{} client --connect 127.0.0.1:{} Ann",
        reference(5)?,
        nc.port
    );
    prints(
        &typed_to(&client, "", 3, "hello\\nand bye"),
        "Welcome! What is your name?\n* in the room: Bob\n[Bob] hi\n",
    )?;
    let heard = nc.last_words()?;
    let said = heard.split_once('\n').unwrap_or_default().1;
    same("what nc heard", said, "Ann\nhello\nand bye\n")
}

fn duo_waits_for_socat() -> Result<(), Failed> {
    let duo = format!("{} duo --listen 127.0.0.1:0", reference(5)?);
    let duo = Beside::start(
        &typed_to(&duo, "hello\\n", 2, ""),
        "listening on 127.0.0.1:",
    )?;
    let socat = format!("socat -t 10 - TCP:127.0.0.1:{}", duo.port);
    prints(&typed_to(&socat, "hi\\n", 1, "esc\\n"), "hello\n")?;
    same("what duo printed", &*duo.last_words()?, "peer: hi\n")
}

fn duo_goes_to_nc() -> Result<(), Failed> {
    let nc = Beside::nc("printf 'hi\\n' | nc -nlv 127.0.0.1 0")?;
    let duo = format!("{} duo --connect 127.0.0.1:{}", reference(5)?, nc.port);
    prints(&typed_to(&duo, "one\\n", 1, "two"), "peer: hi\n")?;
    let heard = nc.last_words()?;
    let said = heard.split_once('\n').unwrap_or_default().1;
    same("what nc heard", said, "one\ntwo\n")
}
