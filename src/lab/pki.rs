//! Throw-away certificates: one authority that runs trust, and one that nobody does.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

use crate::error::Error;
use crate::sandbox::archive::Item;

/// An authority that lives as long as the tool runs. Its key never leaves the memory.
pub struct Authority {
    trusted: Issuer<'static, KeyPair>,
    certificate: String,
    other: Issuer<'static, KeyPair>,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authority")
    }
}

impl Authority {
    /// Makes the keys.
    pub fn new() -> Result<Self, Error> {
        let (trusted, certificate) = authority("patternbook lab authority").map_err(fail)?;
        let (other, _) = authority("an authority that nobody trusts").map_err(fail)?;
        Ok(Self { trusted, certificate, other })
    }

    /// The certificate of the authority that runs trust, as PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// The files of a lab: `pki/<lab>/…`, with certificates for these names and this address.
    pub fn files(&self, lab: &str, hosts: &[String], address: &str) -> Vec<Item> {
        let mut names = hosts.to_vec();
        names.extend(["localhost".to_owned(), address.to_owned()]);
        let mut items = vec![Item::file(format!("pki/{lab}/ca.pem"), self.certificate.as_str())];
        for (stem, issuer) in [("server", &self.trusted), ("other", &self.other)] {
            // A name that no certificate can carry was refused when the lab was read.
            let Ok((certificate, key)) = leaf(&names, issuer) else { continue };
            items.push(Item::file(format!("pki/{lab}/{stem}.pem"), certificate));
            items.push(Item::file(format!("pki/{lab}/{stem}.key"), key));
        }
        items
    }
}

fn authority(name: &str) -> Result<(Issuer<'static, KeyPair>, String), rcgen::Error> {
    let mut parameters = CertificateParams::new(Vec::new())?;
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    parameters.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate()?;
    let certificate = parameters.self_signed(&key)?.pem();
    Ok((Issuer::new(parameters, key), certificate))
}

fn leaf(
    names: &[String],
    issuer: &Issuer<'static, KeyPair>,
) -> Result<(String, String), rcgen::Error> {
    let mut parameters = CertificateParams::new(names.to_vec())?;
    parameters.distinguished_name.push(DnType::CommonName, names[0].as_str());
    parameters.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = parameters.signed_by(&key, issuer)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

fn fail(error: rcgen::Error) -> Error {
    Error::Sandbox { message: format!("cannot make certificates for the labs: {error}") }
}
