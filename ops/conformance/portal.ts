import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { canonical } from '#evidence/jcs.ts';
import { peerOf, type Answered, type Peer } from './peer.ts';
import { saidBy, type Requirement, type Suite } from './suite.ts';
import { must, NotTried } from './verdict.ts';

const RESETS = '/api/v1/portal/resets';
const SOON_MS = 10_000;
const REFERENCE = /^(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}$/;
const next = z.looseObject({ step: z.string(), message: z.string() });
const begun = z.object({ reference: z.string().regex(REFERENCE), next });
const challenge = z.object({ ceremony: z.uuid(), challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });
const event = z.looseObject({ state: z.string(), next });
/** What a client at a login screen asks for. */
const PATHS = [
  '',
  '/{reference}',
  '/{reference}/proofs',
  '/{reference}/factors',
  '/{reference}/operation',
  '/{reference}/lost-factors',
  '/{reference}/new-factors',
  '/{reference}/password',
  '/{reference}/cancel',
  '/{reference}/device',
  '/{reference}/device/challenge',
  '/{reference}/events',
];

const MINE = { 'x-countersign': '1' };
/** No directory has it: whoever asks is answered as for an account that is there. */
const invented = (): string => `conformance-${randomBytes(4).toString('hex')}`;

/** The portal as a client without a certificate meets it, and the reset that the checks begin. */
interface Visit {
  peer: Peer;
  reference: string;
  cookie: string;
}
const visits = new WeakMap<Suite, Partial<Visit>>();

function portalOf(suite: Suite): Partial<Visit> & { peer: Peer } {
  const { portal, heard } = suite;
  if (!portal) throw new NotTried('no portal was named');
  const visit = visits.get(suite) ?? {};
  visits.set(suite, visit);
  if (!visit.peer) {
    visit.peer = peerOf(portal, undefined, heard);
    suite.peers.push(visit.peer);
  }
  return visit as Partial<Visit> & { peer: Peer };
}

function resetOf(suite: Suite): Visit {
  const visit = portalOf(suite);
  if (visit.reference === undefined || visit.cookie === undefined) throw new NotTried('no reset was begun');
  return visit as Visit;
}

const isProblem = (answer: Answered, status: number, code: string): void =>
  must(answer.status === status && answer.body['code'] === code, saidBy(answer));

/** The portal's interface as far as a client at the login screen needs it. */
export const portalRequirements: readonly Requirement[] = [
  {
    number: 'P1',
    expected: 'TLS 1.3 by the given authority; GET /healthz answers 200 without anything shown',
    async check(suite) {
      const answer = await portalOf(suite).peer.ask('GET', '/healthz');
      must(answer.status === 200, saidBy(answer));
      return saidBy(answer);
    },
  },
  {
    number: 'P2',
    expected: 'GET /api/v1/openapi.json describes in OpenAPI 3.1 every address that a login screen uses',
    async check(suite) {
      const answer = await portalOf(suite).peer.ask('GET', '/api/v1/openapi.json');
      const { openapi, paths } = answer.body;
      must(answer.status === 200 && String(openapi).startsWith('3.1'), `${saidBy(answer)}, OpenAPI ${String(openapi)}`);
      const missing = PATHS.filter((path) => !Object.hasOwn(paths ?? {}, `${RESETS}${path}`));
      must(missing.length === 0, `missing: ${missing.join(', ')}`);
      return `OpenAPI ${String(openapi)}`;
    },
  },
  {
    number: 'P3',
    expected: '403 missing-header without X-Countersign, 403 wrong-origin from another site',
    async check(suite) {
      const { peer } = portalOf(suite);
      const body = { account: invented() };
      isProblem(await peer.ask('POST', RESETS, { body }), 403, 'missing-header');
      const foreign = { ...MINE, 'sec-fetch-site': 'cross-site' };
      isProblem(await peer.ask('POST', RESETS, { body, headers: foreign }), 403, 'wrong-origin');
      return '403 missing-header, 403 wrong-origin';
    },
  },
  {
    number: 'P4',
    expected:
      '400 bad-request for a member too many, 415 for a body not called JSON, 401 sign-in-needed or 404 not-found for an address that is none',
    async check(suite) {
      const { peer } = portalOf(suite);
      isProblem(await peer.ask('POST', RESETS, { body: { account: invented(), more: 1 }, headers: MINE }), 400, 'bad-request');
      const plain = { ...MINE, 'content-type': 'text/plain' };
      isProblem(await peer.ask('POST', RESETS, { body: '{}', headers: plain }), 415, 'wrong-media-type');
      const nowhere = await peer.ask('GET', `${RESETS}/a/nowhere`);
      if (nowhere.status === 401) isProblem(nowhere, 401, 'sign-in-needed');
      else isProblem(nowhere, 404, 'not-found');
      return `400, 415, ${saidBy(nowhere)}`;
    },
  },
  {
    number: 'P5',
    expected:
      '201 with reference and next step for any account name, also one that is not there, and a cookie __Host-… Secure HttpOnly SameSite=Strict',
    async check(suite) {
      const visit = portalOf(suite);
      const headers = { ...MINE, 'idempotency-key': randomUUID() };
      const answer = await visit.peer.ask('POST', RESETS, { body: { account: invented() }, headers });
      const said = begun.safeParse(answer.body);
      must(answer.status === 201 && said.success, said.error && answer.status === 201 ? z.prettifyError(said.error) : saidBy(answer));
      must(said.data.next.step === 'prove', `next: ${said.data.next.step}`);
      const set = answer.headers['set-cookie']?.[0] ?? '';
      const isBound = /^__Host-/.test(set) && ['Secure', 'HttpOnly', 'SameSite=Strict'].every((word) => set.includes(word));
      // Its value is what holds the reset, and is not repeated.
      must(isBound, `cookie ${set.replace(/=[^;]*/, '=…')}`);
      visit.reference = said.data.reference;
      visit.cookie = set.split(';')[0] ?? '';
      return `201, next: ${said.data.next.step}`;
    },
  },
  {
    number: 'P6',
    expected: 'the reset is shown to whoever holds the cookie, 404 wrong-browser to everybody else',
    async check(suite) {
      const { peer, reference, cookie } = resetOf(suite);
      const answer = await peer.ask('GET', `${RESETS}/${reference}`, { headers: { cookie } });
      must(answer.status === 200 && answer.body['reference'] === reference, saidBy(answer));
      isProblem(await peer.ask('GET', `${RESETS}/${reference}`), 404, 'wrong-browser');
      return '200; 404 wrong-browser';
    },
  },
  {
    number: 'P7',
    expected: 'the events are text/event-stream and begin with state and next step',
    async check(suite) {
      const { peer, reference, cookie } = resetOf(suite);
      const stream = await peer.listen(`${RESETS}/${reference}/events`, { cookie });
      await stream.until(() => stream.events.length > 0, SOON_MS);
      const first = stream.events[0];
      stream.close();
      must(stream.status === 200 && (stream.headers['content-type'] ?? '').startsWith('text/event-stream'), String(stream.status));
      const said = event.safeParse(JSON.parse(first?.data ?? 'null'));
      must(said.success, said.error ? z.prettifyError(said.error) : '');
      return `200, next: ${said.data.next.step}`;
    },
  },
  {
    number: 'P9',
    expected: 'each challenge to a device is another one, and the word of a device that nobody signed is 422 device-statement-refused',
    async check(suite) {
      const { peer, reference, cookie } = resetOf(suite);
      const headers = { ...MINE, cookie };
      const ask = () => peer.ask('POST', `${RESETS}/${reference}/device/challenge`, { body: { purpose: 'source-device' }, headers });
      const [one, other] = [challenge.safeParse((await ask()).body), challenge.safeParse((await ask()).body)];
      must(one.success && other.success, 'no challenge of 43 characters with its ceremony');
      must(one.data.challenge !== other.data.challenge, 'twice the same challenge');
      isProblem(
        await peer.ask('POST', `${RESETS}/${reference}/device/challenge`, { body: { purpose: 'source-device' }, headers: MINE }),
        404,
        'wrong-browser',
      );
      const text = canonical({ account: null, at: new Date().toISOString(), challenge: one.data.challenge, device: randomUUID() });
      const said = { ceremony: one.data.ceremony, statement: text, signature: 'A'.repeat(86) };
      const answer = await peer.ask('POST', `${RESETS}/${reference}/device`, { body: said, headers });
      isProblem(answer, 422, 'device-statement-refused');
      return saidBy(answer);
    },
  },
  {
    number: 'P8',
    expected: 'a wrong proof is 422 proof-not-accepted, and a cancelled reset is refused from then on',
    async check(suite) {
      const { peer, reference, cookie } = resetOf(suite);
      const headers = { ...MINE, cookie };
      const wrong = { proof: 'recovery-code', value: '0000-0000-0000-0000' };
      const answer = await peer.ask('POST', `${RESETS}/${reference}/proofs`, { body: wrong, headers });
      isProblem(answer, 422, 'proof-not-accepted');
      const cancelled = await peer.ask('POST', `${RESETS}/${reference}/cancel`, { headers });
      must(cancelled.status === 200, `cancel: ${saidBy(cancelled)}`);
      const late = await peer.ask('POST', `${RESETS}/${reference}/proofs`, { body: wrong, headers });
      must(late.status >= 400, `after the end: ${saidBy(late)}`);
      return `${saidBy(answer)}; ${saidBy(late)}`;
    },
  },
];
