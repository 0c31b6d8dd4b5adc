// Listens, and decides what happens to a connection before HTTP. One TCP listener stands in front of two https servers
// that do not listen themselves, so that the certificate can change from one connection to the next.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';

const PORT = 443;
const PLAIN_ANSWER = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** What a fault may name as `connect`. `trusted` is what all others do. */
const CONNECT = {
  trusted: (connections, socket) => connections.serve('server', socket),
  'wrong-ca': (connections, socket) => connections.serve('other', socket),
  silence: (connections, socket) => socket.resume(),
  'no-tls': (connections, socket) => socket.end(PLAIN_ANSWER),
  'tls-reset': (connections, socket) => socket.once('data', () => socket.resetAndDestroy()),
};

export class Connections {
  /**
   * @param {{address: string, pki: string, onRequest: import('node:http').RequestListener}} parts
   */
  constructor({ address, pki, onRequest }) {
    this.address = address;
    this.pki = pki;
    this.onRequest = onRequest;
    this.connect = 'trusted';
    /** @type {Map<number, net.Socket>} open connections by the port of the client */
    this.open = new Map();
    /** @type {Map<string, https.Server>} by the name of the certificate; made when first needed */
    this.servers = new Map();
    /** @type {net.Server | null} null while connections are refused */
    this.listener = null;
  }

  /** Serves new connections as `connect` says; `refuse` closes the listener. */
  async use(connect) {
    this.connect = connect;
    if (connect === 'refuse') {
      // `close` calls back only after the last connection, and a hanging one must not hold up the answer.
      this.listener?.close();
      this.listener = null;
      return;
    }
    if (this.listener !== null) return;
    this.listener = net.createServer((socket) => this.take(socket));
    this.listener.listen(PORT, this.address);
    await once(this.listener, 'listening');
  }

  closeAll() {
    for (const socket of this.open.values()) socket.destroy();
    this.open.clear();
  }

  /** TLS sockets cannot send RST; the TCP connection below can. */
  reset(request) {
    this.open.get(request.socket.remotePort)?.resetAndDestroy();
  }

  take(socket) {
    const port = socket.remotePort;
    this.open.set(port, socket);
    socket.once('close', () => this.open.delete(port));
    // Clients that give up are what this lab is for.
    socket.on('error', () => {});
    CONNECT[this.connect](this, socket);
  }

  serve(certificate, socket) {
    if (!this.servers.has(certificate)) this.servers.set(certificate, this.newServer(certificate));
    this.servers.get(certificate).emit('connection', socket);
  }

  newServer(certificate) {
    const server = https.createServer(
      { cert: readFileSync(`${this.pki}/${certificate}.pem`), key: readFileSync(`${this.pki}/${certificate}.key`) },
      this.onRequest,
    );
    server.on('tlsClientError', () => {});
    return server;
  }
}
