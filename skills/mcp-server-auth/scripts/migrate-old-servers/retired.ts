// Answers at the addresses of the old server, so that clients give up what they hold and sign in at the new place.
import { Router, urlencoded } from 'express';

type Used = (path: string, client: string) => void;

/** Mount it at the root. `used` counts who still comes: when nobody does, take this away. */
export function retiredEndpoints(used: Used): Router {
  const router = Router();
  router.post('/token', urlencoded({ extended: false, limit: '10kb' }), (request, response) => {
    const form: Record<string, unknown> = request.body ?? {};
    used('/token', String(form['client_id'] ?? 'unknown').slice(0, 100));
    const isKnown = form['grant_type'] === 'refresh_token' || form['grant_type'] === 'authorization_code';
    // invalid_grant makes a client forget its tokens and sign in. At another code it stops with an error.
    const error = isKnown ? 'invalid_grant' : 'unsupported_grant_type';
    response.status(400).set('Cache-Control', 'no-store').json({ error, error_description: 'Sign in again' });
  });
  router.get('/authorize', (request, response) => {
    used('/authorize', String(request.query['client_id'] ?? 'unknown').slice(0, 100));
    // No redirect: the old registrations are not checked here any more.
    response.status(410).type('text/plain').send('This sign-in has moved. Update your client, and sign in again.');
  });
  router.all(['/register', '/sse', '/messages'], (request, response) => {
    used(request.path, 'unknown');
    response.status(410).json({ error: 'gone', error_description: 'Use https://api.example.com/mcp' });
  });
  return router;
}
