// One JSON object per line. No credential leaves through here, and each line names its request.
import { AsyncLocalStorage } from 'node:async_hooks';

const REDACTED = '[redacted]';
const SECRET_NAME =
  /authorization|cookie|token|secret|passw|assertion|verifier|credential|api[-_]?key|private|dpop|^(device_|user_)?code$/i;
const HARMLESS_NAME = /^(token_type|token_endpoint.*|tokenFingerprint)$/;
const IN_TEXT: [RegExp, string][] = [
  [/\beyJ[\w-]+\.[\w-]+(\.[\w-]*)*/g, '[jwt]'],
  [/\b(Bearer|DPoP|Basic)\s+[\w.~+/-]+=*/gi, `$1 ${REDACTED}`],
  [/([?&#\s]|^)(code|state|\w*token|\w*secret|\w*assertion|code_verifier|device_code|api_?key)=[^&#\s"']*/gi, `$1$2=${REDACTED}`],
  [/(\/\/)[^/\s@]+@/g, `$1${REDACTED}@`],
];
const LONGEST_TEXT = 500;
const requests = new AsyncLocalStorage<string>();

/** Everything that `work` logs, now and later, carries this id. */
export function inRequest<T>(requestId: string, work: () => T): T {
  return requests.run(requestId, work);
}

export function log(event: string, fields: Record<string, unknown> = {}): void {
  const line = { ...(redact(fields) as object), time: new Date().toISOString(), event, requestId: requests.getStore() };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint' || typeof value === 'function') return String(value).slice(0, 40);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 5) return '[too deep]';
  if (value instanceof Error) {
    const { name, message, cause } = value;
    // The code of a system error (ECONNREFUSED) is no authorization code.
    const code = (value as NodeJS.ErrnoException).code;
    return { name, code, message: redactText(message), cause: redact(cause, depth + 1) };
  }
  if (value instanceof URL) return redactText(value.href);
  if (value instanceof URLSearchParams || value instanceof Headers || value instanceof Map) {
    return redact(Object.fromEntries(value), depth);
  }
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, isSecret(name) ? REDACTED : redact(item, depth + 1)]),
  );
}

function isSecret(name: string): boolean {
  return SECRET_NAME.test(name) && !HARMLESS_NAME.test(name);
}

function redactText(text: string): string {
  const clean = IN_TEXT.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
  return clean.length > LONGEST_TEXT ? `${clean.slice(0, LONGEST_TEXT)}…` : clean;
}
