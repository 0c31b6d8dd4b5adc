// What `reset` and `set` understand. lab.yaml explains each option in one line.
import { FAULTS } from './faults.mjs';
import { option } from './protocol.mjs';

export const OPTIONS = {
  auth: option.choice('kind of authentication', ['none', 'bearer', 'header', 'oauth']),
  token: option.text('lab-token'),
  header: option.object({ name: 'X-API-Key', value: 'lab-key' }),
  account: option.text('alice'),
  scopes: option.texts(['mcp:read', 'mcp:write']),
  issuer: option.text('https://login.example.com'),
  'resource-metadata': option.choice('metadata', ['served', 'missing', 'other-resource']),
  status: option.number(null, 200),
  'www-authenticate': option.text(null),
  redirect: option.text(null),
  method: option.text(null),
  times: option.number(null, 1),
  fault: option.choice('fault', Object.keys(FAULTS), 'none'),
  delay: option.number(3000),
};
