import { createSocket } from 'node:dgram';
import { after } from 'node:test';

/** Records of one name: SRV as `priority weight port target`, A as an address. */
export type Record = { srv: string } | { a: string };

export type DnsServer = {
  /** `127.0.0.1:port`, as settings name it. */
  server: string;
  /** What it says from now on, by lower-case name; a name that is not there does not exist. */
  say: (zone: { [name: string]: Record[] }) => void;
  /** `silent`: hears and says nothing. `failing`: says that it cannot tell (SERVFAIL). */
  be: (mood: 'well' | 'silent' | 'failing') => void;
  /** Every name that it was asked for, in order. */
  asked: string[];
};

const types = { a: 1, srv: 33 } as const;

/** A name server on loopback (RFC 1035, RFC 2782) that knows what a test tells it, with no time to live. It is closed with the test file. */
export async function dnsServer(): Promise<DnsServer> {
  const socket = createSocket('udp4');
  after(() => void socket.close());
  const asked: string[] = [];
  let zone: { [name: string]: Record[] } = {};
  let mood: Parameters<DnsServer['be']>[0] = 'well';
  socket.on('message', (message, from) => {
    const { name, type, end } = questionOf(message);
    asked.push(name);
    if (mood === 'silent') return;
    const code = mood === 'failing' ? 2 : zone[name] ? 0 : 3;
    socket.send(answer(message.subarray(0, end), code === 0 ? (zone[name] ?? []) : [], type, code), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    server: `127.0.0.1:${socket.address().port}`,
    say: (told) => void (zone = told),
    be: (now) => void (mood = now),
    asked,
  };
}

function questionOf(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

function answer(question: Buffer, records: Record[], type: number, code: number): Buffer {
  const bodies = records.flatMap((record): Buffer[] => {
    if ('srv' in record) return type === types.srv ? [serviceOf(record.srv)] : [];
    return type === types.a ? [Buffer.from(record.a.split('.').map(Number))] : [];
  });
  const header = Buffer.from(question.subarray(0, 12));
  // An authoritative answer, with the code of RFC 1035 4.1.1: 2 for a failure, 3 for a name that does not exist.
  header.writeUInt16BE(0x8580 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(bodies.length, 6);
  header.writeUInt32BE(0, 8);
  const answers = bodies.map((body) => {
    const head = Buffer.alloc(12);
    head.writeUInt16BE(0xc00c, 0); // the name of the question
    head.writeUInt16BE(type, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(body.length, 10);
    return Buffer.concat([head, body]);
  });
  return Buffer.concat([header, question.subarray(12), ...answers]);
}

function serviceOf(text: string): Buffer {
  const [priority, weight, port, target = ''] = text.split(' ');
  const numbers = Buffer.alloc(6);
  for (const [index, number] of [priority, weight, port].entries()) numbers.writeUInt16BE(Number(number), index * 2);
  const labels = target.split('.').filter((label) => label !== '');
  return Buffer.concat([
    numbers,
    ...labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}
