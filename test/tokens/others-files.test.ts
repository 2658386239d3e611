import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { lookAtPskc, readPskc } from '#activities/tokens/pskc.ts';
import { container, type Seeded } from './a-container.ts';

/** Files that other people's programs write and sign: Debian's python3-pskc, pskctool and xmlsec1. */
const folder = mkdtempSync('/tmp/countersign-pskc-');
after(() => rmSync(folder, { recursive: true, force: true }));
const now = new Date();

function run(command: string, args: string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { input, encoding: 'utf8', cwd: folder });
  assert.equal(status, 0, `${command}: ${stderr}`);
  return stdout;
}

const tokens = [
  { serial: 'P-1', manufacturer: 'oath.PY', kind: 'totp', suite: 'HMAC-SHA1', digits: 6, period: 30, counter: 0 },
  { serial: 'P-2', manufacturer: 'oath.PY', kind: 'totp', suite: 'HMAC-SHA256', digits: 8, period: 60, counter: 0 },
  { serial: 'P-3', manufacturer: 'oath.PY', kind: 'totp', suite: 'HMAC-SHA512', digits: 7, period: 30, counter: 0 },
  { serial: 'P-4', manufacturer: 'oath.PY', kind: 'hotp', suite: 'HMAC-SHA1', digits: 6, period: 0, counter: 4711 },
].map((token, index) => ({ ...token, secret: randomBytes([20, 32, 64, 16][index] ?? 20).toString('hex') }));

function byPython(how: object): string {
  const program = new URL('python-pskc.py', import.meta.url).pathname;
  return run('/usr/bin/python3', [program], JSON.stringify({ by: 'nothing', ...how, tokens }));
}

function assertSame(read: ReturnType<typeof readPskc>): void {
  assert.deepEqual(read.leftOut, []);
  assert.deepEqual(
    read.tokens.map(({ serial, manufacturer, algorithm, digits, period, counter, secret }) => {
      return { serial, manufacturer, algorithm, digits, period, counter, secret: Buffer.from(secret).toString('hex') };
    }),
    tokens.map(({ kind, suite, period, ...token }) => {
      return { ...token, algorithm: suite.replace('HMAC-SHA', 'sha'), period: kind === 'totp' ? period : null };
    }),
  );
}

for (const [cipher, bytes] of [
  ['aes128-cbc', 16],
  ['aes192-cbc', 24],
  ['aes256-cbc', 32],
] as const)
  for (const mac of ['hmac-sha1', 'hmac-sha256', 'hmac-sha512'])
    test(`python3-pskc, ${cipher} with ${mac}: every token is read as it was written`, () => {
      const key = randomBytes(bytes).toString('hex');
      const text = byPython({ by: 'pre-shared-key', key, cipher, mac });
      assert.doesNotMatch(text, /PlainValue>[A-Za-z0-9+/]{20}/);
      assertSame(readPskc(text, { plain: false, signer: null }, key, now));
    });

for (const prf of ['hmac-sha1', 'hmac-sha256'])
  test(`python3-pskc, a passphrase by PBKDF2 with ${prf}`, () => {
    const text = byPython({ by: 'passphrase', key: 'orchard-lantern-74', rounds: 20_000, mac: prf });
    assert.equal(lookAtPskc(text, { plain: false, signer: null }).openedBy, 'passphrase');
    assertSame(readPskc(text, { plain: false, signer: null }, 'orchard-lantern-74', now));
  });

test('python3-pskc, seeds in the open: only when somebody says that this is wanted', () => {
  const text = byPython({});
  assertSame(readPskc(text, { plain: true, signer: null }, undefined, now));
  assert.throws(() => readPskc(text, { plain: false, signer: null }, undefined, now), { fault: 'plain-seeds' });
});

const seeded: Seeded[] = ['S-1', 'S-2'].map((serial) => ({ serial, secret: randomBytes(20) }));

run('openssl', [
  'req',
  '-x509',
  '-newkey',
  'rsa:2048',
  '-nodes',
  '-keyout',
  'supplier.key',
  '-out',
  'supplier.pem',
  '-days',
  '2',
  '-subj',
  '/CN=A supplier',
]);
run('openssl', [
  'req',
  '-x509',
  '-newkey',
  'rsa:2048',
  '-nodes',
  '-keyout',
  'other.key',
  '-out',
  'other.pem',
  '-days',
  '2',
  '-subj',
  '/CN=A supplier',
]);
const [supplier, other] = [readFileSync(join(folder, 'supplier.pem'), 'utf8'), readFileSync(join(folder, 'other.pem'), 'utf8')];

const template = (hash: string): string => `<ds:Signature><ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-${hash}"/>
<ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms>
<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#${hash}"/><ds:DigestValue/></ds:Reference>
</ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data/></ds:KeyInfo></ds:Signature>`;

/** Signed by xmlsec1, which puts its certificate into the file. */
function bySec(hash = 'sha256', name = 'supplier'): string {
  writeFileSync(join(folder, 'plain.xml'), container(seeded, undefined, template(hash)));
  return run('xmlsec1', ['--sign', '--privkey-pem', `${name}.key,${name}.pem`, 'plain.xml']);
}

const read = (text: string, signer: string | null = supplier) => readPskc(text, { plain: true, signer }, undefined, now);

test('a file signed by xmlsec1 verifies under the certificate that was named, and under no other', () => {
  for (const hash of ['sha256', 'sha512']) {
    const text = bySec(hash);
    assert.deepEqual(
      read(text).tokens.map(({ serial, secret }) => [serial, Buffer.from(secret)]),
      seeded.map(({ serial, secret }) => [serial, secret]),
    );
    assert.throws(() => read(text, other), { fault: 'signature-wrong' });
    assert.throws(() => read(text, null), { fault: 'signer-needed' });
  }
  assert.throws(() => read(bySec('sha256', 'other')), { fault: 'signature-wrong' }, 'the certificate in the file is not believed');
  assert.throws(() => read(container(seeded)), { fault: 'signature-missing' });
  assert.throws(() => read(bySec(), 'no certificate'), { fault: 'signer-shape' });
});

test('a tampered file is refused: another seed, another serial, one package more, one attribute', () => {
  const text = bySec();
  const swapped = seeded[0]?.secret.toString('base64') ?? '';
  for (const bent of [
    text.replace(swapped, randomBytes(20).toString('base64')),
    text.replace('>S-2<', '>S-3<'),
    text.replace('<KeyPackage>', `${/<KeyPackage>[^]*?<\/KeyPackage>/.exec(text)?.[0]}<KeyPackage>`),
    text.replace('Length="6"', 'Length="8"'),
  ]) {
    assert.notEqual(bent, text);
    assert.throws(() => read(bent), { fault: 'signature-wrong' });
  }
});

test('a wrapped file is refused: what was signed, moved into another container or beside another', () => {
  const text = bySec();
  const body = text.replace(/^<\?xml[^>]*>\s*/, '');
  const mine = container([{ serial: 'S-1', secret: randomBytes(20) }]);
  const signature = /<ds:Signature>[^]*<\/ds:Signature>/.exec(text)?.[0] ?? '';
  const byId = signature.replace('URI=""', 'URI="#container"');
  const packages = /<KeyPackage>[^]*<\/KeyPackage>/.exec(mine)?.[0] ?? '';
  for (const wrapped of [
    mine.replace('</KeyContainer>', `${body}</KeyContainer>`),
    mine.replace('</KeyContainer>', `${signature}</KeyContainer>`),
    mine.replace('</KeyContainer>', `<Extensions>${body.replace(signature, '')}</Extensions>${signature}</KeyContainer>`),
    mine
      .replace(' Id="container"', '')
      .replace('</KeyContainer>', `${byId}<Extensions>${body.replace(signature, '')}</Extensions></KeyContainer>`),
    text.replace(signature, `${signature}${signature}`),
    text.replace(signature, `<Extensions>${signature}</Extensions>`),
    text
      .replace(signature, signature.replace('</ds:Signature>', `<ds:Object>${packages}</ds:Object></ds:Signature>`))
      .replace(/<KeyPackage>[^]*?<\/KeyPackage>/, packages),
  ])
    assert.throws(() => read(wrapped), { fault: 'signature-wrong' });
});

test('a comment inside a serial number does not make another one of it', () => {
  writeFileSync(
    join(folder, 'plain.xml'),
    container([{ serial: 'S-10', secret: randomBytes(20) }], undefined, template('sha256')).replace('>S-10<', '>S-1<!-- -->0<'),
  );
  const text = run('xmlsec1', ['--sign', '--privkey-pem', 'supplier.key,supplier.pem', 'plain.xml']);
  assert.deepEqual(
    read(text).tokens.map(({ serial }) => serial),
    ['S-10'],
  );
});

test('a file signed by pskctool is by SHA-1, and refused for that', () => {
  writeFileSync(join(folder, 'plain.xml'), container(seeded));
  const text = run('pskctool', ['--sign', '--sign-key', 'supplier.key', '--sign-crt', 'supplier.pem', 'plain.xml']);
  assert.match(text, /rsa-sha1/);
  assert.throws(() => read(text), { fault: 'signature-weak' });
});

test('pskctool reads out of a file what is read here', () => {
  writeFileSync(join(folder, 'plain.xml'), container(seeded));
  const shown = run('pskctool', ['--info', 'plain.xml']);
  for (const { secret } of seeded) assert.match(shown, new RegExp(RegExp.escape(secret.toString('base64'))));
  assert.deepEqual(
    readPskc(readFileSync(join(folder, 'plain.xml'), 'utf8'), { plain: true, signer: null }, undefined, now).tokens.map(({ secret }) =>
      Buffer.from(secret),
    ),
    seeded.map(({ secret }) => secret),
  );
});
