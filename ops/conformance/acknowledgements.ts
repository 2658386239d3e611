import { randomUUID } from 'node:crypto';
import type { Json } from '#evidence/jcs.ts';
import { newCredential, signSaid, type Signed } from './credential.ts';
import type { Answered } from './peer.ts';
import { activeOf, BASE, saidBy, TAGS, type Enrolled, type Requirement, type Suite } from './suite.ts';
import { must, NotTried } from './verdict.ts';

type Said = { [key: string]: Json };

const ackOf = ({ id }: Enrolled, notice: string, stage: string, more: Said = {}): Said => ({
  notice,
  device: id,
  stage,
  at: new Date().toISOString(),
  controllerReachable: null,
  lastOnlineAuth: null,
  reason: null,
  ...more,
});

const send = ({ peer }: Enrolled, notice: string, body: Signed): Promise<Answered> =>
  peer.ask('POST', `${BASE}/notices/${notice}/acks`, { body });

function noticeOf({ notice }: Suite): { id: string; writtenAt: string } {
  if (!notice) throw new NotTried('no notice came');
  return notice;
}

/** Says a stage of a notice that came, signed as it should be. */
export async function say(suite: Suite, id: string, stage: string, more: Said = {}): Promise<Answered> {
  const enrolled = activeOf(suite);
  return send(enrolled, id, signSaid(TAGS.ack, ackOf(enrolled, id, stage, more), enrolled.credential.key));
}

/** Acknowledgements: of one's own notices, signed, forwards only. The suite ends its notice with `cannot`. */
export const acknowledgementRequirements: readonly Requirement[] = [
  {
    number: 'A1',
    expected: '404 not-found for a notice that this device does not have',
    async check(suite) {
      const enrolled = activeOf(suite);
      const unknown = randomUUID();
      const answer = await send(enrolled, unknown, signSaid(TAGS.ack, ackOf(enrolled, unknown, 'received'), enrolled.credential.key));
      must(answer.status === 404 && answer.body['code'] === 'not-found', saidBy(answer));
      return saidBy(answer);
    },
  },
  {
    number: 'A2',
    expected:
      '422 device-statement-refused by another key or tag, of another device or notice, or `refreshed` that nothing after the write confirms',
    async check(suite) {
      const enrolled = activeOf(suite);
      const { id, writtenAt } = noticeOf(suite);
      const { key } = enrolled.credential;
      const said = ackOf(enrolled, id, 'received');
      const early = new Date(Date.parse(writtenAt) - 3_600_000).toISOString();
      const refused: Record<string, Signed> = {
        'another key': signSaid(TAGS.ack, said, newCredential('forger').key),
        'another tag': signSaid(TAGS.report, said, key),
        'another device': signSaid(TAGS.ack, { ...said, device: randomUUID() }, key),
        'another notice': signSaid(TAGS.ack, { ...said, notice: randomUUID() }, key),
        'no sign-in': signSaid(TAGS.ack, ackOf(enrolled, id, 'refreshed'), key),
        'a sign-in before': signSaid(TAGS.ack, ackOf(enrolled, id, 'refreshed', { lastOnlineAuth: early }), key),
      };
      for (const [what, body] of Object.entries(refused)) {
        const answer = await send(enrolled, id, body);
        must(answer.status === 422 && answer.body['code'] === 'device-statement-refused', `${what}: ${saidBy(answer)}`);
      }
      return '422 device-statement-refused';
    },
  },
  {
    number: 'A3',
    expected: '200 with the stage that stands; said twice or late, it changes nothing',
    async check(suite) {
      const steps = [
        ['received', 'received'],
        ['received', 'received'],
        ['deferred', 'deferred'],
        ['received', 'deferred'],
      ] as const;
      for (const [stage, stands] of steps) {
        const answer = await say(suite, noticeOf(suite).id, stage);
        must(answer.status === 200 && answer.body['state'] === stands, `${stage}: ${saidBy(answer)} ${String(answer.body['state'])}`);
      }
      return steps.map(([, stands]) => stands).join(', ');
    },
  },
  {
    number: 'A4',
    expected: '410 notice-over after the end',
    async check(suite) {
      const ended = await say(suite, noticeOf(suite).id, 'cannot', { reason: 'conformance-suite' });
      must(ended.status === 200 && ended.body['state'] === 'cannot', `cannot: ${saidBy(ended)}`);
      const late = await say(suite, noticeOf(suite).id, 'received');
      must(late.status === 410 && late.body['code'] === 'notice-over', `received: ${saidBy(late)}`);
      return saidBy(late);
    },
  },
];
