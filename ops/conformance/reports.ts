import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Json } from '#evidence/jcs.ts';
import { newCredential, signSaid, signText, type Signed } from './credential.ts';
import type { Answered } from './peer.ts';
import { activeOf, BASE, saidBy, TAGS, type Enrolled, type Requirement } from './suite.ts';
import { must } from './verdict.ts';

const PATH = `${BASE}/report`;

type Said = { [key: string]: Json };

/** A report as a device makes it, of no account or of one. */
export function reportOf({ id }: Enrolled, sequence: number, sids: readonly string[] = []): Said {
  const at = new Date().toISOString();
  return {
    device: id,
    sequence,
    at,
    agent: '1.0.0',
    sssd: { version: null, layout: 'unknown', cachedAuthTimeout: null, storesPasswordIfOffline: null },
    accounts: sids.map((sid) => ({ sid, name: 'conformance', cachedAt: at, lastOnlineAuth: at })),
  };
}

/** Sends a report with the next sequence. */
export async function sendReport(enrolled: Enrolled, sids: readonly string[] = [], more: Said = {}): Promise<Answered> {
  enrolled.sequence += 1;
  return enrolled.peer.ask('PUT', PATH, {
    body: signSaid(TAGS.report, { ...reportOf(enrolled, enrolled.sequence, sids), ...more }, enrolled.credential.key),
  });
}

/** Reports: signed, counted upwards, of a form and a size. */
export const reportRequirements: readonly Requirement[] = [
  {
    number: 'R1',
    expected: '204 for a signed report with a sequence that grows',
    async check(suite) {
      const answer = await sendReport(activeOf(suite));
      must(answer.status === 204 && answer.text === '', saidBy(answer));
      return saidBy(answer);
    },
  },
  {
    number: 'R2',
    expected: '409 device-replayed for the same sequence again, and for a lower one',
    async check(suite) {
      const enrolled = activeOf(suite);
      for (const sequence of [enrolled.sequence, enrolled.sequence - 1]) {
        const body = signSaid(TAGS.report, reportOf(enrolled, sequence), enrolled.credential.key);
        const answer = await enrolled.peer.ask('PUT', PATH, { body });
        must(answer.status === 409 && answer.body['code'] === 'device-replayed', saidBy(answer));
      }
      return '409 device-replayed';
    },
  },
  {
    number: 'R3',
    expected: '422 device-statement-refused for a report by another key, tag or device, in another form, or with a member too many',
    async check(suite) {
      const enrolled = activeOf(suite);
      const { key } = enrolled.credential;
      const said = reportOf(enrolled, enrolled.sequence + 10);
      const forged: Record<string, Signed> = {
        'another key': signSaid(TAGS.report, said, newCredential('forger').key),
        'another tag': signSaid(TAGS.ack, said, key),
        'another device': signSaid(TAGS.report, { ...said, device: randomUUID() }, key),
        'white space': signText(TAGS.report, JSON.stringify(said, undefined, 1), key),
        'a member too many': signSaid(TAGS.report, { ...said, more: 1 }, key),
        'a member too few': signSaid(TAGS.report, Object.fromEntries(Object.entries(said).filter(([name]) => name !== 'sssd')), key),
      };
      for (const [what, body] of Object.entries(forged)) {
        const answer = await enrolled.peer.ask('PUT', PATH, { body });
        must(answer.status === 422 && answer.body['code'] === 'device-statement-refused', `${what}: ${saidBy(answer)}`);
      }
      return '422 device-statement-refused';
    },
  },
  {
    number: 'R4',
    expected: 'a refused report moves no sequence',
    async check(suite) {
      const answer = await sendReport(activeOf(suite));
      must(answer.status === 204, saidBy(answer));
      return saidBy(answer);
    },
  },
  {
    number: 'R5',
    expected: '413 too-large for a report beyond 256 kB and its envelope',
    async check(suite) {
      const { peer } = activeOf(suite);
      const answer = await peer.ask('PUT', PATH, { body: { statement: 'x'.repeat(300_000), signature: 'A'.repeat(86) } });
      must(answer.status === 413 && answer.body['code'] === 'too-large', saidBy(answer));
      return saidBy(answer);
    },
  },
  {
    number: 'R6',
    expected: '415 wrong-media-type for a body that is not called JSON, 400 bad-request for one that is none or of another form',
    async check(suite) {
      const { peer } = activeOf(suite);
      const plain = await peer.ask('PUT', PATH, { body: '{}', headers: { 'content-type': 'text/plain' } });
      must(plain.status === 415 && plain.body['code'] === 'wrong-media-type', saidBy(plain));
      for (const body of ['{', '{"statement":1}']) {
        const answer = await peer.ask('PUT', PATH, { body });
        must(answer.status === 400 && answer.body['code'] === 'bad-request', `${body}: ${saidBy(answer)}`);
      }
      return '415 wrong-media-type, 400 bad-request';
    },
  },
  {
    number: 'R7',
    expected: '204 with a sealingKey of P-256, 422 device-statement-refused with one that is no base64, 204 without one again',
    async check(suite) {
      const enrolled = activeOf(suite);
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const sealingKey = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
      const taken = await sendReport(enrolled, [], { sealingKey });
      must(taken.status === 204, saidBy(taken));
      const refused = await sendReport(enrolled, [], { sealingKey: 'no key' });
      must(refused.status === 422 && refused.body['code'] === 'device-statement-refused', saidBy(refused));
      const without = await sendReport(enrolled);
      must(without.status === 204, saidBy(without));
      return '204, 422 device-statement-refused, 204';
    },
  },
];
