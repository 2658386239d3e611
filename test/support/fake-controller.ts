import { once } from 'node:events';
import { createServer, type Server, type TlsOptions, type TLSSocket } from 'node:tls';
import { after } from 'node:test';
import { BerReader, BerWriter } from 'ldapts';
import { issueDirectoryCertificate, type CertificateAuthority } from '#ops/directory/certificate.ts';
import { freeDirectoryAddress } from '#ops/directory/free-address.ts';

/** What a controller of a test says of itself. Real ones are asked in test/directory; here it is about whom is asked. */
export type Said = {
  baseDn: string;
  site: string;
  readOnly: boolean;
  /** Says so by its object alone, as a read-only Samba does. */
  readOnlyByObject: boolean;
  isPdc: boolean;
  password: string;
};

export type FakeController = {
  name: string;
  address: string;
  said: Said;
  /** How often somebody signed in, asked rootDSE, and changed something; the most connections and unanswered questions of one that there ever were. */
  counted: { binds: number; looks: number; changes: number; connections: number; unanswered: number };
  /** Breaks every connection and refuses new ones, until it is opened again. */
  close: () => Promise<void>;
  open: () => Promise<void>;
  /** Takes connections and questions and answers none. */
  freeze: (frozen: boolean) => void;
};

/** LDAP over TLS at an address of its own, port 636, with a certificate of `ca` for `name`. It ends with the test file. */
export async function fakeController(
  ca: CertificateAuthority,
  name: string,
  said: Partial<Said> = {},
  tls: TlsOptions = { minVersion: 'TLSv1.2' },
): Promise<FakeController> {
  const address = await freeDirectoryAddress();
  const { certPem, keyPem } = await issueDirectoryCertificate(ca, { dns: [name], ip: address });
  const open = new Set<TLSSocket>();
  let server: Server | undefined;
  let frozen = false;
  const fake: FakeController = {
    name,
    address,
    said: {
      baseDn: 'DC=bank,DC=test',
      site: 'Head',
      readOnly: false,
      readOnlyByObject: false,
      isPdc: false,
      password: 'Right-Password-1',
      ...said,
    },
    counted: { binds: 0, looks: 0, changes: 0, connections: 0, unanswered: 0 },
    async close() {
      for (const socket of open) socket.destroy();
      if (!server) return;
      const closing = server;
      server = undefined;
      await new Promise((resolve) => closing.close(resolve));
    },
    async open() {
      server = createServer({ cert: certPem, key: keyPem, ...tls }, (socket) => {
        open.add(socket);
        fake.counted.connections = Math.max(fake.counted.connections, open.size);
        let unanswered = 0;
        socket.once('close', () => open.delete(socket)).on('error', () => {});
        let buffered: Buffer = Buffer.alloc(0);
        socket.on('data', (data: Buffer) => {
          if (frozen) return;
          buffered = Buffer.concat([buffered, data]);
          for (let end = endOfMessage(buffered); end !== undefined; end = endOfMessage(buffered)) {
            const message = buffered.subarray(0, end);
            buffered = buffered.subarray(end);
            unanswered += 1;
            fake.counted.unanswered = Math.max(fake.counted.unanswered, unanswered);
            // Not at once, so that whoever asks a second time meanwhile is seen.
            setImmediate(() => {
              for (const reply of answers(fake, message)) socket.write(reply);
              unanswered -= 1;
            });
          }
        });
      }).listen(636, address);
      await once(server, 'listening');
    },
    freeze: (now) => void (frozen = now),
  };
  after(() => fake.close());
  await fake.open();
  return fake;
}

/** Where the first whole BER element ends, or undefined (X.690 8.1.3). */
function endOfMessage(buffer: Buffer): number | undefined {
  if (buffer.length < 2) return undefined;
  const first = buffer.readUInt8(1);
  const bytes = first < 0x80 ? 0 : first & 0x7f;
  if (buffer.length < 2 + bytes) return undefined;
  const end = 2 + bytes + (bytes === 0 ? first : buffer.readUIntBE(2, bytes));
  return buffer.length < end ? undefined : end;
}

/** Replies to one request: bind, search with scope base, modify (RFC 4511). */
function answers(fake: FakeController, message: Buffer): Buffer[] {
  const reader = new BerReader(message);
  reader.readSequence();
  const id = reader.readInt() ?? 0;
  const operation = reader.readSequence() ?? 0;
  const done = (tag: number, code: number, words = '') =>
    reply(id, (writer) => {
      writer.startSequence(tag);
      writer.writeEnumeration(code);
      writer.writeString('');
      writer.writeString(words);
      writer.endSequence();
    });
  if (operation === 0x60) {
    fake.counted.binds++;
    reader.readInt();
    reader.readString();
    if (reader.readString(0x80) === fake.said.password) return [done(0x61, 0)];
    return [done(0x61, 49, '80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 52e, v1db1')];
  }
  if (operation === 0x63) {
    const base = reader.readString() ?? '';
    if (base === '') fake.counted.looks++;
    const entry = entries(fake)[base];
    return entry ? [entryOf(id, base, entry), done(0x65, 0)] : [done(0x65, 32)];
  }
  if (operation === 0x66) {
    fake.counted.changes++;
    return [done(0x67, 0)];
  }
  return [];
}

function entries({ name, said }: FakeController): { [dn: string]: { [attribute: string]: string[] } } {
  const server = `CN=${name.split('.')[0]?.toUpperCase()},CN=Servers,CN=${said.site},CN=Sites,CN=Configuration,DC=bank,DC=test`;
  const service = `CN=NTDS Settings,${server}`;
  return {
    '': {
      dnsHostName: [name],
      currentTime: [`${new Date().toISOString().replaceAll(/[-:T]|\.\d+Z/g, '')}.0Z`],
      defaultNamingContext: [said.baseDn],
      serverName: [server],
      dsServiceName: [service],
      supportedCapabilities: ['1.2.840.113556.1.4.800', ...(said.readOnly ? ['1.2.840.113556.1.4.1920'] : [])],
      supportedControl: [],
    },
    [said.baseDn]: { fSMORoleOwner: [said.isPdc ? service : `CN=NTDS Settings,CN=OTHER,${server}`] },
    [service]: { 'msDS-isRODC': [said.readOnlyByObject ? 'TRUE' : 'FALSE'] },
  };
}

function entryOf(id: number, dn: string, entry: { [attribute: string]: string[] }): Buffer {
  return reply(id, (writer) => {
    writer.startSequence(0x64);
    writer.writeString(dn);
    writer.startSequence();
    for (const [attribute, values] of Object.entries(entry)) {
      writer.startSequence();
      writer.writeString(attribute);
      writer.startSequence(0x31);
      for (const value of values) writer.writeString(value);
      writer.endSequence();
      writer.endSequence();
    }
    writer.endSequence();
    writer.endSequence();
  });
}

function reply(id: number, write: (writer: BerWriter) => void): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  write(writer);
  writer.endSequence();
  return writer.buffer;
}
