import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { KeyPairFiles } from '#test/support/certificates.ts';

/** A mail that arrived: what the envelope and the mail itself say. */
export interface Arrived {
  from: string;
  to: string[];
  text: string;
}

export interface TestRelay {
  port: number;
  arrived: Arrived[];
  /** What it answers to the address of a recipient, when it does not take them. */
  refuses: Map<string, number>;
  close(): Promise<void>;
}

/** A real SMTP server in this process, on loopback. `port`: of one that was there before. */
export async function aRelay(
  { cert, key }: KeyPairFiles,
  how: { tls: 'implicit' | 'starttls' | 'none'; credentials?: { name: string; password: string }; port?: number },
): Promise<TestRelay> {
  const arrived: Arrived[] = [];
  const refuses = new Map<string, number>();
  const server = new SMTPServer({
    secure: how.tls === 'implicit',
    cert: readFileSync(cert),
    key: readFileSync(key),
    disabledCommands: how.tls === 'starttls' ? [] : ['STARTTLS'],
    authOptional: how.credentials === undefined,
    onAuth: ({ username, password }, _session, done) =>
      username === how.credentials?.name && password === how.credentials?.password
        ? done(null, { user: username })
        : done(new Error('no such account')),
    onRcptTo({ address }, _session, done) {
      const code = refuses.get(address);
      if (code === undefined) return done();
      done(Object.assign(new Error('not here'), { responseCode: code }));
    },
    onData(stream, { envelope }, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        arrived.push({
          from: envelope.mailFrom ? envelope.mailFrom.address : '',
          to: envelope.rcptTo.map(({ address }) => address),
          text,
        });
        done();
      });
    },
  });
  server.on('error', () => undefined); // a client that does not believe the certificate goes away
  await new Promise<void>((resolve) => server.listen(how.port ?? 0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    arrived,
    refuses,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
