/**
 * Every address that answers without a session, whole. A test pins this list, and the application does not start when a
 * route says of itself that it is public and is not here, or the other way round. The claimant's routes need the
 * cookie of their reset; without it they answer as if the reset did not exist. Besides these, the portal's pages at / and
 * /reset/ and the console's files at /console hold nothing of anybody.
 */
export const PUBLIC_ROUTES = [
  'POST /api/v1/portal/resets',
  'GET /api/v1/portal/resets/{reference}',
  'POST /api/v1/portal/resets/{reference}/proofs',
  'POST /api/v1/portal/resets/{reference}/factors',
  'POST /api/v1/portal/resets/{reference}/operation',
  'POST /api/v1/portal/resets/{reference}/lost-factors',
  'GET /api/v1/portal/resets/{reference}/new-factors',
  'POST /api/v1/portal/resets/{reference}/new-factors',
  'POST /api/v1/portal/resets/{reference}/password',
  'POST /api/v1/portal/resets/{reference}/cancel',
  'POST /api/v1/portal/resets/{reference}/device/challenge',
  'POST /api/v1/portal/resets/{reference}/device',
  'GET /api/v1/portal/resets/{reference}/events',
  'POST /api/v1/portal/resume',
  'POST /api/v1/session',
  'GET /api/v1/openapi.json',
  'GET /healthz',
  'GET /readyz',
] as const;

/** Throws when the routes and the list differ. */
export function pinPublicRoutes(actual: readonly string[]): void {
  const listed = new Set<string>(PUBLIC_ROUTES);
  const unlisted = actual.filter((route) => !listed.has(route));
  const missing = PUBLIC_ROUTES.filter((route) => !actual.includes(route));
  if (unlisted.length > 0 || missing.length > 0)
    throw new Error(`public routes differ from api/public-routes.ts: ${[...unlisted, ...missing].join(', ')}`);
}
