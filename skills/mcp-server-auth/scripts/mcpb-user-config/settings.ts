// The settings that the host hands to this server, checked before the first request.

export interface Settings {
  apiToken: string;
  workspace: string;
}

export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  return {
    apiToken: setting(environment, 'ACME_API_TOKEN'),
    workspace: setting(environment, 'ACME_WORKSPACE', 'main'),
  };
}

function setting(environment: NodeJS.ProcessEnv, name: string, whenMissing?: string): string {
  const value = environment[name]?.trim() ?? '';
  // A placeholder that nobody replaced means: the person has set nothing.
  const isMissing = value === '' || value.includes('${');
  if (!isMissing) return value;
  if (whenMissing === undefined) throw new Error(`${name} is not set: open the settings of this extension`);
  return whenMissing;
}
