// What `reset` and `set` understand. lab.yaml explains each option in one line.
import { FAULTS } from './faults.mjs';
import { option } from './protocol.mjs';

export const OPTIONS = {
  fault: option.choice('fault', Object.keys(FAULTS), 'none'),
  delay: option.number(3000),
  'access-token-lifetime': option.number(300, 1),
  'refresh-token-lifetime': option.number(3600, 1),
  'issued-ago': option.number(0),
  'access-token-format': option.choice('format', ['jwt', 'opaque']),
  'signing-algorithm': option.choice('algorithm', ['RS256', 'ES256']),
  keys: option.choice('generation of keys', ['first', 'overlap', 'second']),
  account: option.text('alice'),
  claims: option.object({}),
  consent: option.choice('answer', ['approve', 'deny']),
  device: option.choice('device behaviour', ['visit', 'approve', 'deny', 'slow-down']),
  'device-interval': option.number(1, 1),
  registration: option.choice('registration', ['open', 'refused', 'absent']),
  resources: option.texts([]),
};
