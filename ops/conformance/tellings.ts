import { z } from 'zod';
import { say } from './acknowledgements.ts';
import { noticesOn, readNotice, streamOf } from './notices.ts';
import { activeOf, saidBy, type Requirement, type Suite } from './suite.ts';
import { must, NotTried } from './verdict.ts';

const moment = z.iso.datetime({ offset: true });
const text = z.strictObject({
  notice: z.uuid(),
  device: z.uuid(),
  account: z.strictObject({ guid: z.uuid(), sid: z.string(), name: z.string() }),
  verb: z.literal('tell'),
  change: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  changedAt: moment,
  issuedAt: moment,
  expiresAt: moment,
});

function tellingOf({ telling }: Suite): string {
  if (telling === undefined) throw new NotTried('no notice of a change of factors came');
  return telling;
}

/** Notices of a change of factors: what they say, and what may be said of them. */
export const tellingRequirements: readonly Requirement[] = [
  {
    number: 'T1',
    expected:
      'a change of factors is told by a notice with the verb `tell`, signed and addressed as N5 says, with a word for what changed and no other text',
    async check(suite) {
      const { sid, waitMs, name } = suite;
      const enrolled = activeOf(suite);
      if (sid === undefined || waitMs === 0) throw new NotTried('no account was named, or no time to wait given');
      const stream = streamOf(suite);
      const before = noticesOn(stream, 'factors').length;
      await suite.operator({ act: 'change', device: enrolled.id, name, sid });
      await stream.until(() => noticesOn(stream, 'factors').length > before, waitMs);
      const came = noticesOn(stream, 'factors')[before];
      if (!came) throw new NotTried('none came in time');
      const said = readNotice(enrolled, came.data, text);
      must(said.notice === came.id, `the event’s id is ${came.id}`);
      must(said.device === enrolled.id && said.account.sid === sid, `for device ${said.device}, account ${said.account.sid}`);
      must(said.issuedAt < said.expiresAt && Date.parse(said.expiresAt) > Date.now(), `from ${said.issuedAt} to ${said.expiresAt}`);
      suite.telling = said.notice;
      return `${said.change}, until ${said.expiresAt}`;
    },
  },
  {
    number: 'T2',
    expected: '422 device-statement-refused for a stage that only a notice of a reset has',
    async check(suite) {
      const telling = tellingOf(suite);
      for (const [stage, more] of [
        ['invalidated', {}],
        ['deferred', {}],
        ['refreshed', { lastOnlineAuth: new Date().toISOString() }],
      ] as const) {
        const answer = await say(suite, telling, stage, more);
        must(answer.status === 422 && answer.body['code'] === 'device-statement-refused', `${stage}: ${saidBy(answer)}`);
      }
      return '422 device-statement-refused';
    },
  },
  {
    number: 'T3',
    expected: '200 for received, not-shown and shown, each with the stage that stands; 410 notice-over after that',
    async check(suite) {
      const telling = tellingOf(suite);
      const steps = [
        ['received', 'received'],
        ['not-shown', 'not-shown'],
        ['received', 'not-shown'],
        ['shown', 'shown'],
      ] as const;
      for (const [stage, stands] of steps) {
        const answer = await say(suite, telling, stage);
        must(answer.status === 200 && answer.body['state'] === stands, `${stage}: ${saidBy(answer)} ${String(answer.body['state'])}`);
      }
      const late = await say(suite, telling, 'cannot', { reason: 'conformance-suite' });
      must(late.status === 410 && late.body['code'] === 'notice-over', `cannot: ${saidBy(late)}`);
      return `${steps.map(([, stands]) => stands).join(', ')}, ${saidBy(late)}`;
    },
  },
];
