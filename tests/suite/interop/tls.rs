//! Lab 08 with openssl and curl, in both directions, with certificates made by either side.

use libtest_mimic::Failed;

use super::Meeting;
use super::conversation::{Beside, prints, reference, run, same, typed_to};

pub static MEETINGS: &[Meeting] = &[
    Meeting {
        name: "08-openssl-verifies-our-certificates",
        needs: &["openssl"],
        takes_place: openssl_verifies_our_certificates,
    },
    Meeting {
        name: "08-openssl-is-echoed",
        needs: &["openssl"],
        takes_place: openssl_is_echoed,
    },
    Meeting {
        name: "08-openssl-proves-who-it-is",
        needs: &["openssl"],
        takes_place: openssl_proves_who_it_is,
    },
    Meeting {
        name: "08-the-client-talks-to-openssl",
        needs: &["openssl", "socat"],
        takes_place: the_client_talks_to_openssl,
    },
    Meeting {
        name: "08-the-client-refuses-openssl",
        needs: &["openssl"],
        takes_place: the_client_refuses_openssl,
    },
    Meeting {
        name: "08-certificates-of-openssl-serve-us",
        needs: &["openssl"],
        takes_place: certificates_of_openssl_serve_us,
    },
    Meeting {
        name: "08-curl-believes-the-server",
        needs: &["curl"],
        takes_place: curl_believes_the_server,
    },
];

/// The two versions that there are, as openssl calls them.
const VERSIONS: [&str; 2] = ["-tls1_2", "-tls1_3"];

/// A folder with certificates, removed in the end.
struct Papers {
    folder: tempfile::TempDir,
}

impl Papers {
    fn empty() -> Result<Self, Failed> {
        let folder = tempfile::tempdir()?;
        Ok(Self { folder })
    }

    /// By our `gencert`.
    fn ours() -> Result<Self, Failed> {
        let papers = Self::empty()?;
        let gencert = format!(
            "{} gencert --san localhost 127.0.0.1 --out {}",
            reference(8)?,
            papers.at("")
        );
        prints(&gencert, "")?;
        Ok(papers)
    }

    /// By openssl: an RSA key, and the authority behind the certificate in its file.
    fn of_openssl() -> Result<Self, Failed> {
        let papers = Self::empty()?;
        let typed = format!(
            "cd {} && exec 2>/dev/null
             openssl req -x509 -newkey rsa:2048 -nodes -subj '/CN=An authority' -days 2 \
               -keyout ca-key.pem -out ca.pem &&
             for who in server client; do
               openssl req -newkey rsa:2048 -nodes -subj \"/CN=$who\" \
                 -keyout $who-key.pem -out $who.csr &&
               openssl x509 -req -in $who.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial \
                 -days 2 -out $who.pem -extfile <(
                   echo subjectAltName=DNS:localhost,IP:127.0.0.1
                   echo extendedKeyUsage=${{who}}Auth)
             done &&
             cat server.pem ca.pem > cert.pem && mv server-key.pem key.pem",
            papers.at("")
        );
        prints(&typed, "")?;
        Ok(papers)
    }

    /// A file's path, as it is typed.
    fn at(&self, name: &str) -> String {
        format!("'{}'", self.folder.path().join(name).display())
    }

    /// The options that say who somebody is.
    fn own(&self, dash: &str, certificate: &str, key: &str) -> String {
        format!(
            "{dash}cert {} {dash}key {}",
            self.at(certificate),
            self.at(key)
        )
    }
}

fn server(papers: &Papers, options: &str) -> Result<Beside, Failed> {
    Beside::start(
        &format!(
            "{} server --listen 127.0.0.1:0 {} {options}",
            reference(8)?,
            papers.own("--", "cert.pem", "key.pem")
        ),
        "listening on 127.0.0.1:",
    )
}

/// `openssl s_server`, which says every line back, turned round: a TLS server that nobody here
/// wrote, and no echo.
fn s_server(papers: &Papers, options: &str) -> Result<Beside, Failed> {
    let typed = format!(
        "openssl s_server -accept 127.0.0.1:0 -rev {options} {}",
        papers.own("-", "cert.pem", "key.pem")
    );
    Beside::start(&typed, "ACCEPT 127.0.0.1:")
}

/// What `openssl s_client` is told that says `said` and waits for the answer of one line.
fn s_client(port: u16, papers: &Papers, options: &str, said: &str) -> String {
    let program = format!(
        "openssl s_client -connect 127.0.0.1:{port} -CAfile {} \
         -verify_return_error -verify_ip 127.0.0.1 -quiet -no_ign_eof {options} 2>/dev/null",
        papers.at("ca.pem")
    );
    typed_to(&program, &format!("{said}\\n"), 1, "")
}

fn openssl_verifies_our_certificates() -> Result<(), Failed> {
    let papers = Papers::ours()?;
    for (purpose, name) in [("sslserver", "cert.pem"), ("sslclient", "client.pem")] {
        let typed = format!(
            "openssl verify -x509_strict -purpose {purpose} -CAfile {} {} >/dev/null",
            papers.at("ca.pem"),
            papers.at(name)
        );
        prints(&typed, "")?;
    }
    Ok(())
}

fn openssl_is_echoed() -> Result<(), Failed> {
    let papers = Papers::ours()?;
    let server = server(&papers, "")?;
    for version in VERSIONS {
        prints(&s_client(server.port, &papers, version, "hello"), "hello\n")?;
    }
    Ok(())
}

fn openssl_proves_who_it_is() -> Result<(), Failed> {
    let papers = Papers::ours()?;
    let server = server(&papers, &format!("--client-ca {}", papers.at("ca.pem")))?;
    let own = papers.own("-", "client.pem", "client-key.pem");
    prints(&s_client(server.port, &papers, &own, "hello"), "hello\n")?;
    // Without a certificate it is told so, and hears nothing.
    let (heard, _) = run(&s_client(server.port, &papers, "", "hello"))?;
    same("without a certificate", heard.as_str(), "")
}

/// Lines turned round are not what was sent: exit code 3, and all of it is on standard output.
fn the_client_talks_to_openssl() -> Result<(), Failed> {
    let papers = Papers::ours()?;
    for version in VERSIONS {
        let server = s_server(&papers, version)?;
        let (heard, code) = run(&(client(&server, &papers, "", "'abc\ndef\n'")? + " 2>/dev/null"))?;
        same(version, heard.as_str(), "cba\nfed\n")?;
        same(version, code.as_str(), "3")?;
    }
    let echo = Beside::start(
        &format!(
            "socat -t 10 -d -d OPENSSL-LISTEN:0,bind=127.0.0.1,fork,reuseaddr,cert={},key={},cafile={} \
             EXEC:cat",
            papers.at("cert.pem"),
            papers.at("key.pem"),
            papers.at("ca.pem")
        ),
        "listening on AF=2 127.0.0.1:",
    )?;
    let own = papers.own("--", "client.pem", "client-key.pem");
    prints(&client(&echo, &papers, &own, "hello")?, "hello")
}

fn the_client_refuses_openssl() -> Result<(), Failed> {
    let (papers, others) = (Papers::ours()?, Papers::ours()?);
    let server = s_server(&papers, "")?;
    for (papers, options, word) in [
        (&others, "", "unknown-issuer"),
        (&papers, "--server-name another.example", "name-mismatch"),
    ] {
        let typed = client(&server, papers, options, "hello")? + " 2>&1 | grep -o 'tls: [a-z-]*'";
        prints(&typed, &format!("tls: {word}\n"))?;
    }
    let picky = s_server(
        &papers,
        &format!(
            "-Verify 1 -verify_return_error -CAfile {}",
            papers.at("ca.pem")
        ),
    )?;
    let typed = client(&picky, &papers, "", "hello")? + " 2>&1 | grep -o 'tls: [a-z-]*'";
    prints(&typed, "tls: refused\n")
}

fn certificates_of_openssl_serve_us() -> Result<(), Failed> {
    let papers = Papers::of_openssl()?;
    let server = server(&papers, &format!("--client-ca {}", papers.at("ca.pem")))?;
    let own = papers.own("--", "client.pem", "client-key.pem");
    prints(&client(&server, &papers, &own, "hello")?, "hello")?;
    let own = papers.own("-", "client.pem", "client-key.pem");
    prints(&s_client(server.port, &papers, &own, "hello"), "hello\n")
}

/// How many seconds curl has: it always takes them all, and one is enough where nothing is slow.
const ATTEMPTS: [u32; 3] = [1, 5, 15];

/// An echo of a request is no answer to it. But curl gets as far as asking only if it believes
/// that it talks to the right server.
fn curl_believes_the_server() -> Result<(), Failed> {
    let (papers, others) = (Papers::ours()?, Papers::ours()?);
    let server = server(&papers, "")?;
    let curl = |papers: &Papers, seconds: u32| {
        let (port, authority) = (server.port, papers.at("ca.pem"));
        format!(
            "curl -s --http0.9 --max-time {seconds} --cacert {authority} \
             https://localhost:{port}/hello --resolve localhost:{port}:127.0.0.1"
        )
    };
    let mut outcome = Ok(());
    for seconds in ATTEMPTS {
        let typed = curl(&papers, seconds) + " | head -1 | tr -d '\\r'";
        outcome = prints(&typed, "GET /hello HTTP/1.1\n");
        if outcome.is_ok() {
            break;
        }
    }
    outcome?;
    // It ends at once, and says that it does not know who has signed.
    let (printed, code) = run(&curl(&others, 15))?;
    same("of another authority", &(&*printed, &*code), &("", "60"))
}

fn client(server: &Beside, papers: &Papers, options: &str, said: &str) -> Result<String, Failed> {
    Ok(format!(
        "{} client --connect 127.0.0.1:{} --ca {} {options} {said}",
        reference(8)?,
        server.port,
        papers.at("ca.pem")
    ))
}
