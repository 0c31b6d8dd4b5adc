#!/usr/bin/env node
// A server on https://127.0.0.1:8443 that asks for a client certificate and prints its name.
//
// Answers every JSON-RPC request with an empty result. Needs Node 20 and the folder that
// make-test-certificates.sh made. Usage: test-server.mjs FOLDER
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';

const read = (name) => readFileSync(join(process.argv[2], name));
const options = {
  key: read('server.key'),
  cert: read('server.pem'),
  ca: read('ca.pem'),
  requestCert: true,
  rejectUnauthorized: true, // Without a certificate that our CA signed, TLS itself fails.
};

const server = createServer(options, async (request, response) => {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  const { CN: name } = request.socket.getPeerCertificate().subject;
  console.error(`${request.method} ${request.url} from ${name}`);
  const { id } = JSON.parse(body);
  if (id === undefined) return response.writeHead(202).end();
  response.writeHead(200, { 'content-type': 'application/json' });
  return response.end(JSON.stringify({ jsonrpc: '2.0', id, result: {} }));
});
server.on('tlsClientError', (error) => console.error(`refused: ${error.code}`));
server.listen(8443, '127.0.0.1');
