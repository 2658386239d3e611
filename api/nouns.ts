import type { KeyObject } from 'node:crypto';
import type { Database } from '#db';
import type { Halt } from '#domain/halt.ts';
import type { Admission } from './admission.ts';
import { alarmsEndpoints } from './alarms-endpoints.ts';
import { atDeviceEndpoints } from './at-device-endpoints.ts';
import { approvalsEndpoints } from './approvals-endpoints.ts';
import { campaignsEndpoints } from './campaigns-endpoints.ts';
import { breakGlassEndpoints } from './break-glass-endpoints.ts';
import { auditEndpoints } from './audit-endpoints.ts';
import type { Changes } from '#prisma/changes.ts';
import { delegationsEndpoints } from './delegations-endpoints.ts';
import { calendarsEndpoints } from './calendars-endpoints.ts';
import { comparisonsEndpoints } from './comparisons-endpoints.ts';
import { consoleEndpoints } from './console-endpoints.ts';
import { devicesEndpoints } from './devices-endpoints.ts';
import { controllersEndpoints } from './controllers-endpoints.ts';
import type { Engine } from './engine.ts';
import { evidenceEndpoints } from './evidence-endpoints.ts';
import { issuedCodesEndpoints } from './issued-codes-endpoints.ts';
import type { KeyedHash } from './keyed-hash.ts';
import { jointActsEndpoints } from './joint-acts-endpoints.ts';
import { locksEndpoints } from './locks-endpoints.ts';
import { logEndpoints } from './log-endpoints.ts';
import { messagesEndpoints } from './messages-endpoints.ts';
import { passkeysEndpoints } from './passkeys-endpoints.ts';
import { policiesEndpoints } from './policies-endpoints.ts';
import { portalEndpoints } from './portal-endpoints.ts';
import type { PortalFlow } from './portal-flow.ts';
import { reportsEndpoints } from './reports-endpoints.ts';
import { reviewsEndpoints } from './reviews-endpoints.ts';
import { resetsEndpoints } from './resets-endpoints.ts';
import type { Sealer } from './seal.ts';
import { simulationsEndpoints } from './simulations-endpoints.ts';
import { serviceEndpoints } from './service-endpoints.ts';
import { sessionEndpoints } from './session-endpoints.ts';
import type { Sessions } from './sessions.ts';
import type { Metrics } from './metrics.ts';
import type { HearVerifier } from './verifier-word.ts';

export interface NounDeps {
  db: Database;
  hash: KeyedHash;
  sealer: Sealer;
  engine: Engine;
  admission: Admission;
  sessions: Sessions;
  changes: Changes;
  flow: PortalFlow;
  hear: HearVerifier;
  /** Public half of the verifier's signing key: whose rows of devices count. */
  verifierKey: KeyObject;
  relyingParty: { id: string };
  metrics: Metrics;
  /** What an emergency stop halts at this moment. */
  haltNow: () => Promise<Halt>;
  /** The evidence log as files, and who vouches for it. */
  tilesFolder: string;
  trustPolicyFile: string;
  /** Aborted when the process ends, so that open streams do not hold it up. */
  stopping: AbortSignal;
  /** The OpenAPI document; made after the routes are known. */
  document: () => object;
}

export type Nouns = ReturnType<typeof createNouns>;

/** One set of endpoints a noun. */
export function createNouns(deps: NounDeps) {
  return {
    portal: portalEndpoints(deps),
    atDevice: atDeviceEndpoints(deps),
    session: sessionEndpoints(deps),
    resets: resetsEndpoints(deps),
    locks: locksEndpoints(deps),
    alarms: alarmsEndpoints(deps),
    breakGlass: breakGlassEndpoints(deps),
    reviews: reviewsEndpoints(deps),
    messages: messagesEndpoints(deps),
    jointActs: jointActsEndpoints(deps),
    approvals: approvalsEndpoints(deps),
    passkeys: passkeysEndpoints(deps),
    delegations: delegationsEndpoints(deps),
    campaigns: campaignsEndpoints(deps),
    issuedCodes: issuedCodesEndpoints(deps),
    policies: policiesEndpoints(deps),
    comparisons: comparisonsEndpoints(deps),
    calendars: calendarsEndpoints(deps),
    simulations: simulationsEndpoints(deps),
    audit: auditEndpoints(deps),
    console: consoleEndpoints(deps),
    devices: devicesEndpoints(deps),
    log: logEndpoints(deps),
    controllers: controllersEndpoints(deps),
    evidence: evidenceEndpoints(deps),
    reports: reportsEndpoints(deps),
    service: serviceEndpoints(deps),
  };
}
