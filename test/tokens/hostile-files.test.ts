import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { assert as check, nat, property, string } from 'fast-check';
import { readPskc } from '#activities/tokens/pskc.ts';
import { lookInAThread, readInAThread } from '#activities/tokens/in-a-thread.ts';
import { FileRefused, type ToRead } from '#activities/tokens/token-file.ts';
import { container, newSealing, type Seeded } from './a-container.ts';

/** What somebody writes into a file who wants more of its reader than tokens. */
const sealing = newSealing();
const key = sealing.key.toString('hex');
const closed = { plain: false, signer: null };
const now = new Date();
const seeded: Seeded[] = ['A-1', 'A-2', 'A-3'].map((serial) => ({ serial, secret: randomBytes(20) }));
const good = container(seeded, sealing);
const withHead = (head: string, inside = ''): string =>
  good.replace(/^<\?xml[^>]*>/, `<?xml version="1.0"?>\n${head}`).replace('<Issuer>Supplier', `<Issuer>${inside}Supplier`);

const read = (text: string, how: { plain: boolean; signer: string | null } = closed) => readPskc(text, how, key, now);
const faults = (text: string) => read(text).leftOut.map(({ at, fault }) => `${at} ${fault}`);

test('a document type is refused before anything in it means anything: entities, outside files, a billion laughs', () => {
  const laughs = Array.from({ length: 30 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('');
  for (const head of [
    '<!DOCTYPE KeyContainer>',
    '<!DOCTYPE KeyContainer [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE KeyContainer SYSTEM "http://127.0.0.1:9/x.dtd">',
    '<!DOCTYPE KeyContainer [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>',
    `<!DOCTYPE KeyContainer [<!ENTITY l0 "ha">${laughs}]>`,
  ])
    assert.throws(() => read(withHead(head, head.includes('l30') ? '&l30;' : '')), { fault: 'xml-forbidden' });
  assert.throws(() => read(withHead('<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>')), { fault: 'xml-forbidden' });
  assert.throws(() => read(withHead('', '&nowhere;')), { fault: 'not-xml' });
});

test('depth, size and number have their limits', () => {
  assert.throws(() => read(withHead('', '<a>'.repeat(100) + '</a>'.repeat(100))), { fault: 'xml-too-deep' });
  assert.throws(() => read(withHead('', ' '.repeat(25 * 1024 * 1024))), { fault: 'too-large' });
  assert.throws(() => read(withHead('', '<a/>'.repeat(1_000_001))), { fault: 'too-large' });
  const empty = container([], sealing).replace('</KeyContainer>', `${'<KeyPackage/>'.repeat(20_001)}</KeyContainer>`);
  assert.throws(() => read(empty), { fault: 'too-large' });
  assert.throws(() => read(container([], sealing)), { fault: 'no-tokens' });
});

test('what is no key container is refused, whatever it is', () => {
  for (const text of [
    '',
    'serial,seed',
    '<KeyContainer Version="1.0"/>',
    good.replace('Version="1.0"', 'Version="2.0"'),
    good.slice(0, -3),
  ])
    assert.throws(() => read(text), FileRefused);
  check(
    property(nat({ max: good.length - 1 }), nat({ max: 40 }), string({ maxLength: 12 }), (at, length, put) => {
      try {
        const { tokens } = read(good.slice(0, at) + put + good.slice(at + length));
        // Whatever was changed: a token that is taken has the seed that its supplier gave it.
        for (const { secret } of tokens) assert.ok(seeded.some((one) => one.secret.equals(secret)));
      } catch (error) {
        assert.ok(error instanceof FileRefused, String(error));
      }
    }),
    { numRuns: 1500 },
  );
});

test('a changed ciphertext, a missing or borrowed MAC, a seed in the open: that token is left out, and only that one', () => {
  assert.deepEqual(faults(good), []);
  const [one = '', two = ''] = good.match(/<Secret>[^]*?<\/Secret>/g) ?? [];
  const value = /<xenc:CipherValue>([^<]*)</.exec(one)?.[1] ?? '';
  const flipped = Buffer.from(value, 'base64');
  flipped[17] = (flipped[17] ?? 0) ^ 1;
  assert.deepEqual(faults(good.replace(value, flipped.toString('base64'))), ['1 mac-wrong']);
  assert.deepEqual(faults(good.replace(one, one.replace(/<ValueMAC>.*<\/ValueMAC>/, ''))), ['1 mac-missing']);
  assert.deepEqual(faults(good.replace(/<MACMethod[^]*<\/MACMethod>/, '')), ['1 mac-missing', '2 mac-missing', '3 mac-missing']);
  const macOf = (secret: string) => /<ValueMAC>.*<\/ValueMAC>/.exec(secret)?.[0] ?? '';
  assert.deepEqual(faults(good.replace(macOf(one), macOf(two))), ['1 mac-wrong']);
  assert.deepEqual(faults(good.replace(one, `<Secret><PlainValue>${randomBytes(20).toString('base64')}</PlainValue></Secret>`)), [
    '1 seed-plain',
  ]);
  assert.deepEqual(faults(good.replace(one, one.replace('</Secret>', '<PlainValue>AAAA</PlainValue></Secret>'))), ['1 seed-missing']);
  assert.deepEqual(faults(good.replace(one, `${one}${two}`)), ['1 damaged'], 'which of two seeds counts is a matter of taste');
  assert.deepEqual(faults(good.replace(one, one.replace('aes256-cbc', 'tripledes-cbc'))), ['1 cipher']);
  assert.deepEqual(faults(good.replace('>A-2<', '>A-1<')), ['2 serial-twice']);
});

test('what a token may not be is named, token by token', () => {
  const bent = (change: Partial<Seeded>) => faults(container([{ ...seeded[0]!, ...change }, seeded[1]!], sealing));
  assert.deepEqual(bent({ digits: 10 }), ['1 digits']);
  assert.deepEqual(bent({ period: 45 }), ['1 period']);
  assert.deepEqual(bent({ suite: 'HMAC-MD5' }), ['1 algorithm']);
  assert.deepEqual(bent({ secret: randomBytes(10) }), ['1 seed-length']);
  assert.deepEqual(bent({ secret: randomBytes(65) }), ['1 seed-length']);
  assert.deepEqual(bent({ kind: 'hotp', counter: -1 }), ['1 counter']);
  assert.deepEqual(faults(good.replace('Encoding="DECIMAL"', 'Encoding="HEXADECIMAL"')), ['1 digits']);
  assert.deepEqual(faults(good.replace('Encoding="DECIMAL"', 'Encoding="DECIMAL" CheckDigits="true"')), ['1 digits']);
  for (const policy of ['<KeyUsage>CR</KeyUsage>', '<PINPolicy PINUsageMode="Append"/>', '<Unheard/>'])
    assert.deepEqual(faults(good.replace('</Data></Key>', `</Data><Policy>${policy}</Policy></Key>`)), ['1 policy']);
});

test('a key that asks for more rounds than a reader has time for, or too little salt, is refused', () => {
  const derived = (rounds: string, salt = 'Ej7/PEpyEpw=') =>
    good.replace(
      /<EncryptionKey>.*<\/EncryptionKey>/,
      `<EncryptionKey><x:DerivedKey xmlns:x="http://www.w3.org/2009/xmlenc11#"><x:KeyDerivationMethod Algorithm="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#pbkdf2"><PBKDF2-params><Salt><Specified>${salt}</Specified></Salt><IterationCount>${rounds}</IterationCount><KeyLength>32</KeyLength></PBKDF2-params></x:KeyDerivationMethod></x:DerivedKey></EncryptionKey>`,
    );
  for (const text of [derived('2000001'), derived('0'), derived('1e9'), derived('1000', 'AAAA')])
    assert.throws(() => read(text), { fault: 'key-derivation' });
  const certificate = good.replace(/<EncryptionKey>.*<\/EncryptionKey>/, '<EncryptionKey><ds:X509Data/></EncryptionKey>');
  assert.throws(() => read(certificate), { fault: 'key-method' });
});

test('10,000 tokens are read in a thread, and hostile files end there with their reason', async () => {
  const many = Array.from({ length: 10_000 }, (_, n): Seeded => ({ serial: `M-${n}`, secret: randomBytes(20) }));
  const file: ToRead = { text: container(many, sealing), reading: { format: 'pskc', plain: false, signer: null }, key };
  const began = performance.now();
  assert.deepEqual(await lookInAThread(file), { openedBy: 'pre-shared-key', packages: 10_000 });
  const { tokens, leftOut } = await readInAThread(file);
  console.log(`10,000 tokens, looked at and read: ${Math.round(performance.now() - began)} ms, ${Math.round(file.text.length / 1e6)} MB`);
  assert.deepEqual(leftOut, []);
  assert.ok(tokens.every(({ secret }, n) => many[n]?.secret.equals(secret)));
  await assert.rejects(readInAThread({ ...file, text: '<a>'.repeat(1000) }), { fault: 'xml-too-deep' });
  await assert.rejects(readInAThread({ ...file, key: '00'.repeat(32) }), { fault: 'key-wrong' });
});
