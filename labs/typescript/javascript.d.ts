// What is there at run time and missing from the declarations. TypeScript examples say it by a cast;
// JavaScript has no casts, so it is said here.

/** Errors of the system carry a code, and events declare plain errors: `server.on('error', (error) => error.code)`. */
interface Error {
  code?: any;
}

/** A request to an https server comes through a TLS socket; `IncomingMessage.socket` is declared as a plain one. */
declare module 'net' {
  interface Socket {
    authorized: boolean;
    getPeerCertificate(detailed?: boolean): import('node:tls').DetailedPeerCertificate;
  }
}
