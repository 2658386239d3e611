import { BASE, enrolledOf, saidBy, type Requirement } from './suite.ts';
import { must, NotTried } from './verdict.ts';

const AT_ONCE_MS = 1000;

/** Last: after this the device is none any more. */
export const revocationRequirements: readonly Requirement[] = [
  {
    number: 'V1',
    expected: 'a revocation is told on the stream and ends it within a second; afterwards 403 device-revoked for everything',
    async check(suite) {
      const { waitMs, stream, name } = suite;
      const enrolled = enrolledOf(suite);
      if (waitMs === 0) throw new NotTried('no time to wait was given');
      if (!stream || stream.isOver()) throw new NotTried('no stream is open');
      await suite.operator({ act: 'revoke', device: enrolled.id, name });
      const told = (): boolean => stream.events.some(({ event }) => event === 'revoked');
      await stream.until(told, waitMs);
      if (!told() && !stream.isOver()) throw new NotTried('nobody revoked it in time');
      must(told(), 'the stream ended without an event `revoked`');
      must(await stream.until(stream.isOver, AT_ONCE_MS), 'the stream was open still a second after it had told');
      for (const path of ['', '/openapi.json', '/notices']) {
        const answer = await enrolled.peer.ask('GET', `${BASE}${path}`);
        must(answer.status === 403 && answer.body['code'] === 'device-revoked', `${answer.asked}: ${saidBy(answer)}`);
      }
      return 'told, ended, 403 device-revoked';
    },
  },
  {
    number: 'V2',
    expected: 'a key that was revoked is not let in again',
    async check(suite) {
      const { peer } = enrolledOf(suite);
      const { status } = await peer.ask('GET', BASE);
      if (status !== 403) throw new NotTried('the device is not revoked');
      const body = { ticket: suite.ticket, name: suite.name, platform: 'linux', agent: '1.0.0' };
      const answer = await peer.ask('POST', `${BASE}/enrolments`, { body });
      must(answer.status === 403 && answer.body['code'] === 'device-ticket-refused', saidBy(answer));
      return saidBy(answer);
    },
  },
];
