import { createHash, createPublicKey } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { newCredential } from './credential.ts';
import type { Answered, Peer } from './peer.ts';
import { BASE, enrolledOf, saidBy, type Requirement, type Suite } from './suite.ts';
import { must, NotTried } from './verdict.ts';

const PATH = `${BASE}/enrolments`;
const LOOK_AGAIN_MS = 1000;
const noticeKeys = z.array(z.strictObject({ id: z.string().regex(/^[0-9a-f]{16}$/), publicKey: z.base64() })).min(1);
const verb = z.enum(['invalidate', 'deferred']);
const answered = z.object({ device: z.uuid(), state: z.enum(['active', 'waiting']), noticeKeys, verb });
const shown = z.object({
  device: z.uuid(),
  name: z.string(),
  state: z.enum(['active', 'waiting']),
  noticeKeys,
  settings: z.object({ verb, reportEvery: z.int().positive() }),
});

const enrol = (peer: Peer, ticket: string, name: string): Promise<Answered> =>
  peer.ask('POST', PATH, { body: { ticket, name, platform: 'linux', agent: '1.0.0' } });
const isRefused = ({ status, body }: Answered): boolean => status === 403 && body['code'] === 'device-ticket-refused';

function ticketOf({ ticket }: Suite): string {
  if (ticket === undefined) throw new NotTried('no ticket was given');
  return ticket;
}

/** Enrolment by a ticket: one name, one key, once; and none as a computer that says nothing of this key. */
export const enrolmentRequirements: readonly Requirement[] = [
  {
    number: 'E1',
    expected: '403 device-ticket-refused for a ticket that nobody made',
    async check(suite) {
      const answer = await enrol(suite.stranger, '0000-0000-0000-0000', suite.name);
      must(isRefused(answer), saidBy(answer));
      return saidBy(answer);
    },
  },
  {
    number: 'E2',
    expected: 'the ticket is refused under another name, and not used up by that',
    async check(suite) {
      const answer = await enrol(suite.peer(newCredential('another-name')), ticketOf(suite), `not-${suite.name}`);
      must(isRefused(answer), saidBy(answer));
      return saidBy(answer);
    },
  },
  {
    number: 'E3',
    expected: '201 with device, state, noticeKeys and verb; a key’s id is the start of its SHA-256',
    async check(suite) {
      const ticket = ticketOf(suite);
      const credential = newCredential(suite.name);
      const peer = suite.peer(credential);
      const answer = await enrol(peer, ticket, suite.name);
      const said = answered.safeParse(answer.body);
      must(answer.status === 201 && said.success, said.error && answer.status === 201 ? z.prettifyError(said.error) : saidBy(answer));
      const { device: id, state, noticeKeys: keys } = said.data;
      suite.enrolled = { credential, peer, id, state, noticeKeys: keys, sequence: Date.now() };
      must(keys.every(hasItsId), 'a key for notices has an id that is not its own, or is no Ed25519 key');
      return `201, ${state}`;
    },
  },
  {
    number: 'E4',
    expected: 'the same key gets the same answer again',
    async check(suite) {
      const { peer, id } = enrolledOf(suite);
      const answer = await enrol(peer, ticketOf(suite), suite.name);
      must(answer.status === 201 && answer.body['device'] === id, `${saidBy(answer)}, device ${String(answer.body['device'])}`);
      return '201, the same device';
    },
  },
  {
    number: 'E5',
    expected: '403 device-ticket-refused for every other key that shows the used ticket',
    async check(suite) {
      enrolledOf(suite);
      const answer = await enrol(suite.peer(newCredential('another-key')), ticketOf(suite), suite.name);
      must(isRefused(answer), saidBy(answer));
      return saidBy(answer);
    },
  },
  {
    number: 'E6',
    expected: 'a device that waits gets 403 device-not-approved but for GET /, until it is approved',
    async check(suite) {
      const enrolled = enrolledOf(suite);
      if (enrolled.state === 'active') throw new NotTried('the device was active at once');
      const answer = await enrolled.peer.ask('GET', `${BASE}/openapi.json`);
      must(answer.status === 403 && answer.body['code'] === 'device-not-approved', saidBy(answer));
      await waitForApproval(suite);
      return `${saidBy(answer)}; ${enrolled.state === 'active' ? 'then approved' : 'nobody approved it meanwhile'}`;
    },
  },
  {
    number: 'E7',
    expected: 'GET / names the device, its name and state, the keys of the enrolment, and the settings',
    async check(suite) {
      const { peer, id, noticeKeys: keys } = enrolledOf(suite);
      const answer = await peer.ask('GET', BASE);
      const said = shown.safeParse(answer.body);
      must(answer.status === 200 && said.success, said.error && answer.status === 200 ? z.prettifyError(said.error) : saidBy(answer));
      must(said.data.device === id && said.data.name === suite.name, `${said.data.device} ${said.data.name}`);
      must(JSON.stringify(said.data.noticeKeys) === JSON.stringify(keys), 'other keys for notices than at the enrolment');
      return `200, ${said.data.state}, reports every ${said.data.settings.reportEvery} s`;
    },
  },
  {
    number: 'E8',
    expected: '403 device-account-refused for a computer in whose account the key does not stand, whether there is one of that name or not',
    async check({ stranger, name }) {
      const label = /^[a-z0-9-]{1,15}/.exec(name)?.[0] ?? 'conformance';
      for (const computer of [`${label}$`, 'NO-SUCH-HOST$']) {
        const about = { computer, name, platform: 'linux', agent: '1.0.0' };
        const answer = await stranger.ask('POST', PATH, { body: about });
        must(answer.status === 403 && answer.body['code'] === 'device-account-refused', `${computer}: ${saidBy(answer)}`);
      }
      return '403 device-account-refused';
    },
  },
];

async function waitForApproval(suite: Suite): Promise<void> {
  const { waitMs, name } = suite;
  const enrolled = enrolledOf(suite);
  if (waitMs === 0) return;
  await suite.operator({ act: 'approve', device: enrolled.id, name });
  for (const until = Date.now() + waitMs; Date.now() < until; await sleep(LOOK_AGAIN_MS)) {
    const { body } = await enrolled.peer.ask('GET', BASE);
    if (body['state'] !== 'active') continue;
    enrolled.state = 'active';
    return;
  }
}

function hasItsId({ id, publicKey }: { id: string; publicKey: string }): boolean {
  const spki = Buffer.from(publicKey, 'base64');
  if (createHash('sha256').update(spki).digest('hex').slice(0, 16) !== id) return false;
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' }).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}
