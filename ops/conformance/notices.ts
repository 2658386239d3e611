import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalOrNothing } from '#evidence/jcs.ts';
import type { Heard, Listening } from './listening.ts';
import { sendReport } from './reports.ts';
import { activeOf, BASE, TAGS, type Enrolled, type Requirement, type Suite } from './suite.ts';
import { must, NotTried } from './verdict.ts';

const PATH = `${BASE}/notices`;
const SOON_MS = 10_000;
/** A comment line comes every 15 seconds. */
const COMMENT_MS = 20_000;

const settings = z.object({ verb: z.enum(['invalidate', 'deferred']), reportEvery: z.int().positive() });
const envelope = z.strictObject({ statement: z.string(), signature: z.string().regex(/^[\w-]{86}$/), key: z.string() });
const moment = z.iso.datetime({ offset: true });
const text = z.strictObject({
  notice: z.uuid(),
  device: z.uuid(),
  account: z.strictObject({ guid: z.uuid(), sid: z.string(), name: z.string() }),
  reset: z.uuid(),
  writtenAt: moment,
  verb: z.enum(['invalidate', 'deferred']),
  endSessions: z.boolean(),
  issuedAt: moment,
  expiresAt: moment,
});

/** The stream that is open. Throws NotTried when there is none. */
export function streamOf({ stream }: Suite): Listening {
  if (!stream || stream.isOver()) throw new NotTried('no stream is open');
  return stream;
}

/** What it has brought of this kind: notices of resets, or of changes of factors. */
export const noticesOn = (stream: Listening, kind: 'reset' | 'factors'): Heard[] =>
  stream.events.filter(({ event, data }) => event === 'notice' && /\\"verb\\":\\"tell\\"/.test(data) === (kind === 'factors'));

/** Opens the device's stream in the place of an earlier one, and waits for its first event. */
async function opened(suite: Suite, headers: Record<string, string> = {}): Promise<Listening> {
  const stream = await activeOf(suite).peer.listen(PATH, headers);
  must(stream.status === 200, String(stream.status));
  suite.stream = stream;
  await stream.until(() => stream.events.length > 0, SOON_MS);
  must(stream.events[0]?.event === 'settings', `the first event is ${stream.events[0]?.event ?? 'none'}`);
  return stream;
}

/** The stream of notices, and what comes on it. */
export const noticeRequirements: readonly Requirement[] = [
  {
    number: 'N1',
    expected: '200 text/event-stream that nothing may keep; first an event `settings`',
    async check(suite) {
      const stream = await opened(suite);
      const { 'content-type': type = 'none', 'cache-control': cache = 'none' } = stream.headers;
      must(type.split(';')[0] === 'text/event-stream' && cache.includes('no-store'), `${type}, Cache-Control ${cache}`);
      const said = settings.safeParse(JSON.parse(stream.events[0]?.data ?? ''));
      must(said.success, said.error ? z.prettifyError(said.error) : '');
      return `200 ${type}, settings first`;
    },
  },
  {
    number: 'N2',
    expected: 'a second stream ends the first',
    async check(suite) {
      const first = streamOf(suite);
      await opened(suite);
      must(await first.until(first.isOver, SOON_MS), `the first was open still after ${SOON_MS / 1000} s`);
      return 'the first ended';
    },
  },
  {
    number: 'N3',
    expected: 'a Last-Event-ID that nobody gave changes nothing',
    async check(suite) {
      streamOf(suite);
      await opened(suite, { 'last-event-id': randomUUID() });
      return '200, settings first';
    },
  },
  {
    number: 'N4',
    expected: 'a comment line at least every 15 seconds',
    async check(suite) {
      const stream = streamOf(suite);
      const before = stream.comments();
      const began = Date.now();
      const came = await stream.until(() => stream.comments() > before, COMMENT_MS);
      must(came && !stream.isOver(), `none within ${COMMENT_MS / 1000} s`);
      return `one after ${((Date.now() - began) / 1000).toFixed(1)} s`;
    },
  },
  {
    number: 'N5',
    expected:
      'a notice is signed by a key of the enrolment, canonical, complete, for this device, of the account, under its own id, and in time',
    async check(suite) {
      const { sid, waitMs, name } = suite;
      const enrolled = activeOf(suite);
      if (sid === undefined || waitMs === 0) throw new NotTried('no account was named, or no time to wait given');
      must((await sendReport(enrolled, [sid])).status === 204, 'the report of the account was refused');
      const stream = streamOf(suite);
      const before = noticesOn(stream, 'reset').length;
      await suite.operator({ act: 'reset', device: enrolled.id, name, sid });
      await stream.until(() => noticesOn(stream, 'reset').length > before, waitMs);
      const came = noticesOn(stream, 'reset')[before];
      if (!came) throw new NotTried('no notice came in time');
      const said = readNotice(enrolled, came.data, text);
      must(said.notice === came.id, `the event’s id is ${came.id}`);
      must(said.device === enrolled.id && said.account.sid === sid, `for device ${said.device}, account ${said.account.sid}`);
      must(said.issuedAt < said.expiresAt && Date.parse(said.expiresAt) > Date.now(), `from ${said.issuedAt} to ${said.expiresAt}`);
      suite.notice = { id: said.notice, writtenAt: said.writtenAt };
      return `${said.verb}, until ${said.expiresAt}`;
    },
  },
  {
    number: 'N6',
    expected: 'an open notice comes again at each connect, though Last-Event-ID names it',
    async check(suite) {
      const { notice } = suite;
      if (!notice) throw new NotTried('no notice came');
      const stream = await opened(suite, { 'last-event-id': notice.id });
      const again = (): boolean => noticesOn(stream, 'reset').some(({ id }) => id === notice.id);
      must(await stream.until(again, SOON_MS), 'it did not come');
      return 'it came again';
    },
  },
];

/** What a notice says, when all that stands around it is right. */
export function readNotice<T>({ noticeKeys }: Enrolled, data: string, form: z.ZodType<T>): T {
  const carried = envelope.safeParse(JSON.parse(data));
  must(carried.success, carried.error ? z.prettifyError(carried.error) : '');
  const { statement, signature, key: id } = carried.data;
  const pinned = noticeKeys.find((one) => one.id === id);
  must(pinned !== undefined, `signed by key ${id}, which was not given at the enrolment`);
  const key = createPublicKey({ key: Buffer.from(pinned.publicKey, 'base64'), format: 'der', type: 'spki' });
  must(verify(null, Buffer.from(`${TAGS.notice}\0${statement}`), key, Buffer.from(signature, 'base64url')), 'the signature is not good');
  const canonical = canonicalOrNothing(statement);
  must(canonical !== undefined, 'the text is not in the form of RFC 8785');
  const said = form.safeParse(canonical);
  must(said.success, said.error ? z.prettifyError(said.error) : '');
  return said.data;
}
