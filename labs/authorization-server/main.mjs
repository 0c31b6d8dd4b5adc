// An OAuth 2.1 authorization server for tests: https://login.example.com. See lab.yaml for the options, clients.mjs for
// the clients, faults.mjs for the faults, person.mjs for the person who signs in.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

import { makeSigningKeys } from './keys.mjs';
import { OPTIONS } from './options.mjs';
import { initialOptions, keepStdoutForAnswers, mergeOptions, obey } from './protocol.mjs';
import { createHandler } from './provider.mjs';
import { Recorder } from './recorder.mjs';
import { createStore } from './store.mjs';

keepStdoutForAnswers();
const { LAB_ADDRESS, LAB_PKI } = process.env;
const trusted = readCertificate('server');
const untrusted = readCertificate('other');
const recorder = new Recorder();
const keys = await makeSigningKeys();

let options = initialOptions(OPTIONS);
let store = createStore();
let handle = createHandler({ options, store, keys });

// A client certificate is asked for and judged by the provider: self-signed ones are welcome.
const server = createServer({ ...trusted, requestCert: true, rejectUnauthorized: false }, (request, response) => {
  recorder.watch(request, response);
  handle(request, response);
});
await new Promise((resolve) => server.listen(443, LAB_ADDRESS, resolve));
await obey({ reset, set, requests: () => recorder.list() });

async function reset(changes) {
  const next = mergeOptions(OPTIONS, initialOptions(OPTIONS), changes);
  store = createStore();
  // Ends answers that a fault holds back, and connections that saw another certificate.
  server.closeAllConnections();
  recorder.forget();
  apply(next);
}

async function set(changes) {
  apply(mergeOptions(OPTIONS, options, changes));
}

function apply(next) {
  options = next;
  handle = createHandler({ options, store, keys });
  server.setSecureContext(options.fault === 'untrusted-certificate' ? untrusted : trusted);
}

function readCertificate(name) {
  return { cert: readFileSync(`${LAB_PKI}/${name}.pem`), key: readFileSync(`${LAB_PKI}/${name}.key`) };
}
