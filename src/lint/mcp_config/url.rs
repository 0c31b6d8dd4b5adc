//! The URL of a server: its scheme, its host, and who may stand before the host.

use super::rules;
use crate::diagnostic::Finding;
use crate::lint::{narrow, variable};
use crate::value::Node;

/// Checks the scheme and the host of a server's URL.
pub(super) fn check(code: &str, url: &Node, found: &mut Vec<Finding>) {
    let text = url.text().unwrap_or_default();
    let Some((scheme, rest)) = text.split_once("://") else {
        // A variable may hold the scheme, and a placeholder the whole URL.
        if !text.is_empty() && !text.starts_with(['$', '<']) {
            let message = "the URL has no scheme";
            let finding = Finding::new(&rules::URL_WITHOUT_SCHEME, url.range.clone(), message);
            found.push(finding.help("start it with `https://`"));
        }
        return;
    };
    let authority = authority(rest);
    let host = authority.rsplit('@').next().unwrap_or_default();
    if let Some(variable) = variable::variables(host).first() {
        let range = narrow(code, url, variable.source);
        let message = format!("`{}` decides which host gets the credential", variable.source);
        let finding = Finding::new(&rules::VARIABLE_IN_HOST, range, message);
        found.push(finding.help("put it into the path, or take the tenant from the token"));
        return;
    }
    let is_open = host.starts_with(['<', '{', '[']) && !host.starts_with("[:");
    if matches!(scheme, "http" | "ws") && !is_open && !is_loopback(authority) {
        let range = narrow(code, url, &format!("{scheme}://"));
        let message = format!("`{scheme}://` sends the credential in clear text");
        found.push(
            Finding::new(&rules::CLEARTEXT_URL, range, message)
                .help(format!("write `{scheme}s://`")),
        );
    }
}

/// The user and the password before the host of a URL, if there is one or a variable may be.
pub(super) fn credentials_in_authority(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    let (user, _) = authority(rest).rsplit_once('@')?;
    let has_password = user.split_once(':').is_some_and(|(_, password)| !password.is_empty());
    (has_password || user.contains("${")).then_some(user)
}

/// The host of a URL with what stands around it. A `/` inside `${…}` does not end it.
fn authority(rest: &str) -> &str {
    let mut is_in_braces = false;
    for (at, character) in rest.char_indices() {
        match character {
            '{' => is_in_braces = true,
            '}' => is_in_braces = false,
            '/' | '?' | '#' if !is_in_braces => return &rest[..at],
            _ => {}
        }
    }
    rest
}

fn is_loopback(authority: &str) -> bool {
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.starts_with("[::1]") {
        return true;
    }
    let host = host.split(':').next().unwrap_or_default();
    let is_ipv4 =
        host.starts_with("127.") && host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    // A container's name for the machine that it runs on, and any address of this machine.
    let is_here = matches!(host, "host.docker.internal" | "0.0.0.0");
    is_here || host == "localhost" || host.ends_with(".localhost") || is_ipv4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_loopback_hosts_are_loopback() {
        for host in ["localhost", "localhost:3000", "127.0.0.1:1", "[::1]:80", "app.localhost"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in
            ["localhost.evil.com", "notlocalhost", "127.0.0.1.evil.com", "localhost@evil.com", ""]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
