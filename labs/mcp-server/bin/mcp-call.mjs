#!/usr/bin/env node
// Connects to an MCP server as a client does, lists the tools, calls one, and prints what came back as JSON.
//
//   mcp-call [-H 'Name: value']... [--tool whoami] [--arguments '{}'] [--legacy] [--sign-in [--client-id ID]] URL
//
// --legacy   speaks the protocol of 2025 (`initialize`); without it the newest one that both sides know
// --sign-in  answers a 401 or an insufficient scope as an OAuth client: discovery, registration (or --client-id), PKCE;
//            the tool `oauth-login` of the lab authorization-server stands in for the browser
// Exit status: 0, or 1 when it did not come to a result; then the JSON has `error` instead of `result`.
import { parseArgs } from 'node:util';

import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';

import { SignIn } from './sign-in.mjs';

const MOST_SIGN_INS = 2;

const { values, positionals } = parseArgs({
  options: {
    header: { type: 'string', short: 'H', multiple: true, default: [] },
    tool: { type: 'string', default: 'whoami' },
    arguments: { type: 'string', default: '{}' },
    legacy: { type: 'boolean', default: false },
    'sign-in': { type: 'boolean', default: false },
    'client-id': { type: 'string' },
  },
  allowPositionals: true,
});
if (positionals.length !== 1) {
  console.error("usage: mcp-call [-H 'Name: value']... [--tool NAME] [--arguments JSON] [--legacy] [--sign-in] URL");
  process.exit(2);
}

const url = new URL(positionals[0]);
const signIn = values['sign-in'] ? new SignIn(values['client-id']) : undefined;
const report = {};
try {
  await callWithSignIns();
} catch (error) {
  report.error = describeError(error);
}
if (signIn) report.signIns = signIn.authorizationRequests;
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(report.error ? 1 : 0));

/** The SDK stops with an error where the person has to sign in; afterwards the call starts over. */
async function callWithSignIns() {
  for (let count = 0; ; count += 1) {
    const transport = createTransport();
    try {
      return await call(transport);
    } catch (error) {
      if (!signIn?.isPending || !(error instanceof UnauthorizedError) || count === MOST_SIGN_INS) throw error;
      await transport.finishAuth(await signIn.answerOfPerson());
    }
  }
}

async function call(transport) {
  const client = new Client(
    { name: 'mcp-call', version: '1.0.0' },
    values.legacy ? {} : { versionNegotiation: { mode: 'auto' } },
  );
  await client.connect(transport);
  report.protocol = client.getNegotiatedProtocolVersion();
  report.tools = (await client.listTools()).tools.map(({ name }) => name);
  const result = await client.callTool({ name: values.tool, arguments: JSON.parse(values.arguments) });
  report.result = parsed(result.content[0]?.text);
  if (result.isError) throw new Error(report.result);
  await client.close();
}

function createTransport() {
  const headers = new Headers();
  for (const line of values.header) {
    const colon = line.indexOf(':');
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return new StreamableHTTPClientTransport(url, { requestInit: { headers }, authProvider: signIn });
}

/** Tools such as whoami answer with JSON in their text. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function describeError(error) {
  return {
    name: error.constructor.name,
    message: error.message,
    code: error.code,
    status: error.status ?? error.data?.status,
    cause: error.cause?.code ?? error.cause?.message,
  };
}
