import * as oauth from 'openid-client';

const ISSUER = new URL('https://login.example.com');
const RESOURCE = 'https://api.example.com/mcp';

/** Signs the person in on another device. `show` gets the text for the screen. */
export async function signIn(show: (text: string) => void, scope = 'mcp:read') {
  const server = await oauth.discovery(ISSUER, 'terminal', undefined, oauth.None(), { algorithm: 'oauth2' });
  const device = await oauth.initiateDeviceAuthorization(server, { scope, resource: RESOURCE });
  show(
    `To sign in, open ${device.verification_uri} on your phone or computer and enter ${device.user_code}\n` +
      `Or open ${device.verification_uri_complete ?? device.verification_uri}\n` +
      'Do this only if you started this program yourself.',
  );
  // Waits for `interval`, obeys `slow_down`, and stops at `expires_in`.
  return oauth.pollDeviceAuthorizationGrant(server, device, { resource: RESOURCE });
}
