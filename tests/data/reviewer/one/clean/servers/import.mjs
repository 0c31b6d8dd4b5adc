#!/usr/bin/env node
// Reads bank statements from a folder and answers the client over standard input and output.
import { readdir } from "node:fs/promises";
import { createInterface } from "node:readline";

const folder = process.argv[process.argv.indexOf("--folder") + 1];
const tools = [{ name: "list_statements", description: "Lists the bank statements.", inputSchema: { type: "object" } }];

async function answer(request) {
  switch (request.method) {
    case "tools/list":
      return { tools };
    case "tools/call": {
      const names = await readdir(folder);
      return { content: [{ type: "text", text: names.join("\n") }] };
    }
    default:
      return {};
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const result = await answer(request);
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id: request.id, result })}\n`);
}
