import { at, type Route } from './endpoint.ts';
import type { Nouns } from './nouns.ts';

/** Every address of the interface, on one screen. Pages: the portal at / and /reset/…, the console at /console (app.ts). */
export function routesOf({
  portal,
  session,
  resets,
  approvals,
  issuedCodes,
  policies,
  audit,
  console,
  log,
  evidence,
  reports,
  service,
}: Nouns): Route[] {
  return [
    at('POST', '/api/v1/portal/resets', portal.begin),
    at('GET', '/api/v1/portal/resets/{reference}', portal.progress),
    at('POST', '/api/v1/portal/resets/{reference}/proofs', portal.prove),
    at('POST', '/api/v1/portal/resets/{reference}/factors', portal.checkFactor),
    at('POST', '/api/v1/portal/resets/{reference}/password', portal.choosePassword),
    at('POST', '/api/v1/portal/resets/{reference}/cancel', portal.cancel),
    at('GET', '/api/v1/portal/resets/{reference}/events', portal.events),
    at('POST', '/api/v1/portal/resume', portal.resume),

    at('POST', '/api/v1/session', session.signIn),
    at('POST', '/api/v1/session/factor', session.factor),
    at('GET', '/api/v1/session', session.show),
    at('DELETE', '/api/v1/session', session.end),

    at('GET', '/api/v1/resets', resets.list),
    at('GET', '/api/v1/resets/{id}', resets.show),
    at('GET', '/api/v1/resets/{id}/history', resets.history),
    at('GET', '/api/v1/resets/{id}/evidence', evidence.ofReset),
    at('GET', '/api/v1/approvals', approvals.list),
    at('POST', '/api/v1/approvals/{id}/decisions', approvals.decide),
    at('POST', '/api/v1/issued-codes', issuedCodes.issue),
    at('GET', '/api/v1/policies/schema', policies.schema),
    at('GET', '/api/v1/audit/events', audit.list),
    at('GET', '/api/v1/audit/events.csv', audit.csv),
    at('GET', '/api/v1/audit/openings/{id}', evidence.openings),
    at('GET', '/api/v1/audit/checkpoints', evidence.checkpoints),
    at('GET', '/api/v1/reports', reports.list),
    at('GET', '/api/v1/reports/{framework}', reports.show),
    at('GET', '/api/v1/reports/{framework}/table.csv', reports.csv),
    at('GET', '/api/v1/log', log.show),
    at('GET', '/api/v1/devices', console.devices),
    at('GET', '/api/v1/summary', console.summary),
    at('GET', '/api/v1/events', console.events),
    at('GET', '/api/v1/openapi.json', service.openapi),

    at('GET', '/healthz', service.alive),
    at('GET', '/readyz', service.ready),
    at('GET', '/metrics', service.metrics),
  ];
}
