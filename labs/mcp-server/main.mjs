// An MCP server for tests: https://api.example.com/mcp and https://mcp.example.com/mcp. See lab.yaml for the options,
// gates.mjs for the kinds of authentication, faults.mjs for the faults, tools.mjs for the tools.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

import { forgetKeys } from './gates.mjs';
import { OPTIONS } from './options.mjs';
import { initialOptions, keepStdoutForAnswers, mergeOptions, obey } from './protocol.mjs';
import { Recorder } from './recorder.mjs';
import { answer } from './site.mjs';
import { readRequest, sendResponse } from './web.mjs';

keepStdoutForAnswers();
const { LAB_ADDRESS, LAB_PKI } = process.env;
const trusted = readCertificate('server');
const untrusted = readCertificate('other');
const recorder = new Recorder();

let options = initialOptions(OPTIONS);
let forced = 0;

// A client certificate is welcome, not required: tokens may be bound to one.
const server = createServer({ ...trusted, requestCert: true, rejectUnauthorized: false }, (incoming, outgoing) => {
  recorder.watch(incoming, outgoing);
  serve(incoming, outgoing).catch((error) => {
    console.error(error);
    outgoing.destroy();
  });
});
await new Promise((resolve) => server.listen(443, LAB_ADDRESS, resolve));
await obey({ reset, set, requests: () => recorder.list() });

async function serve(incoming, outgoing) {
  const gone = new AbortController();
  outgoing.on('close', () => gone.abort());
  const { request, body } = await readRequest(incoming, gone.signal);
  const certificate = incoming.socket.getPeerX509Certificate();
  const response = await answer({ request, body, certificate, options, countForced: () => (forced += 1) });
  if (!gone.signal.aborted) await sendResponse(response, outgoing);
}

async function reset(changes) {
  const next = mergeOptions(OPTIONS, initialOptions(OPTIONS), changes);
  // Ends answers that a fault holds back, event streams, and connections that saw another certificate.
  server.closeAllConnections();
  recorder.forget();
  forgetKeys();
  apply(next);
}

async function set(changes) {
  apply(mergeOptions(OPTIONS, options, changes));
}

function apply(next) {
  options = next;
  forced = 0;
  server.setSecureContext(options.fault === 'untrusted-certificate' ? untrusted : trusted);
}

function readCertificate(name) {
  return { cert: readFileSync(`${LAB_PKI}/${name}.pem`), key: readFileSync(`${LAB_PKI}/${name}.key`) };
}
