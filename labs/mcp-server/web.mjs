// Between Node's http objects and the web's Request and Response, which the MCP SDK speaks.

/** Reads a whole request. @param {import('node:http').IncomingMessage} incoming */
export async function readRequest(incoming, signal) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const request = new Request(`https://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method,
    headers: Object.entries(incoming.headersDistinct).flatMap(([name, values]) => values.map((value) => [name, value])),
    body: body.length > 0 && !['GET', 'HEAD'].includes(incoming.method) ? body : undefined,
    signal,
  });
  return { request, body };
}

/** Sends a response, piece by piece: it may be an event stream. @param {import('node:http').ServerResponse} outgoing */
export async function sendResponse(response, outgoing) {
  outgoing.statusCode = response.status;
  response.headers.forEach((value, name) => outgoing.setHeader(name, value));
  outgoing.flushHeaders();
  for await (const chunk of response.body ?? []) outgoing.write(chunk);
  outgoing.end();
}
