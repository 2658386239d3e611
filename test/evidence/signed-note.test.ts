import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { cosign, cosignedAt } from '#evidence/cosignature.ts';
import { Malformed } from '#evidence/malformed.ts';
import { openNote, parseNote, parseSignatureLines, printNote, signText } from '#evidence/signed-note.ts';
import type { NoteSignature, OpenedNote } from '#evidence/signed-note.ts';
import { generateSigner, parseSigner, printSigner } from '#evidence/signer-key.ts';
import { COSIGNATURE, parseVerifierKey, printVerifierKey, SIGNATURE, verifierKey } from '#evidence/verifier-key.ts';
import type { VerifierKey } from '#evidence/verifier-key.ts';
import published from './vectors/signed-notes.json' with { type: 'json' };

const log = generateSigner('bank.example/log', SIGNATURE);
const witness = generateSigner('audit.example/w1', COSIGNATURE);
const text = 'bank.example/log\n7\nroot\n';
const time = 1_790_000_000n;
const signed = printNote({ text, signatures: [signText(text, log), signText(text, witness, time)] });
const keys = [log.verifier, witness.verifier];

/** The same signature bytes, said to be by another key. */
function withId(base64: string, { name, id }: VerifierKey): NoteSignature {
  const bytes = Buffer.from(base64, 'base64');
  bytes.writeUInt32BE(id);
  return { name, id, base64: bytes.toString('base64') };
}
const reason = (opened: OpenedNote): string => (opened.ok ? 'opened' : opened.reason);

test("others' notes open with the keys that signed them, and print again byte for byte", () => {
  for (const { vkey, note } of published.notes) {
    const key = parseVerifierKey(vkey);
    assert.equal(printVerifierKey(key), vkey);
    const opened = openNote(note, [key]);
    assert.ok(opened.ok);
    assert.deepEqual(
      opened.verified.map(({ name }) => name),
      [key.name],
    );
    assert.equal(printNote(parseNote(note)), note);
  }
});

test("a signer's file of another implementation gives the same signature here", () => {
  const signer = parseSigner(published.signer.key);
  const [first] = published.notes;
  const { text } = parseNote(first?.note ?? '');
  assert.equal(printNote({ text, signatures: [signText(text, signer)] }), first?.note);
  assert.equal(printVerifierKey(signer.verifier), first?.vkey);
  assert.equal(printSigner(signer), `${published.signer.key}\n`);
});

test("others' cosignatures are verified with their time, beside a signature of a type that is unknown here", () => {
  for (const { vkey, note, time } of published.cosigned) {
    const opened = openNote(note, [parseVerifierKey(vkey)]);
    assert.ok(opened.ok);
    assert.equal(opened.verified[0]?.time, BigInt(time));
    assert.equal(opened.unknown.length, parseNote(note).signatures.length - 1);
  }
});

test('a key whose id, type, length or form is wrong is refused with a sentence', () => {
  for (const key of published.badVerifierKeys.keys) assert.throws(() => parseVerifierKey(key), Malformed);
  const good = printVerifierKey(log.verifier);
  for (let at = 0; at < good.length; at++) {
    assert.throws(() => parseVerifierKey(good.slice(0, at) + good.slice(at + 1)), Malformed, `without character ${at}`);
    const other = String.fromCharCode(good.charCodeAt(at) + 1);
    assert.throws(() => parseVerifierKey(good.slice(0, at) + other + good.slice(at + 1)), Malformed, `character ${at} changed`);
  }
  for (const name of ['', 'a b', 'a+b', 'a\u00a0b', 'a\u2003b', 'a\u0085b', 'a\nb', '\ud800'])
    assert.throws(() => verifierKey(name, SIGNATURE, Buffer.alloc(32)), Malformed, JSON.stringify(name));
});

test('our own note opens with both keys and tells the time of the cosignature', () => {
  const opened = openNote(signed, keys);
  assert.ok(opened.ok);
  assert.equal(opened.text, text);
  assert.deepEqual(
    opened.verified.map(({ name, time }) => [name, time]),
    [
      ['bank.example/log', undefined],
      ['audit.example/w1', time],
    ],
  );
});

test('every bit of the text and of either signature matters', () => {
  const bytes = Buffer.from(signed);
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const bent = Buffer.from(bytes);
      bent[at] = (bent[at] ?? 0) ^ (1 << bit);
      const opened = openNote(bent, keys);
      // A flipped bit in a name or a key id makes a signature that of a stranger; it is then missing.
      assert.ok(!opened.ok || (opened.verified.length === 1 && opened.unknown.length === 1), `byte ${at} bit ${bit}`);
    }
  }
});

test('one false signature of a known key shuts the note, whatever else it carries; strangers do not matter', () => {
  const stranger = generateSigner('bank.example/log', SIGNATURE);
  const byStranger = signText(text, stranger);
  const forged = { ...signText(`${text}more\n`, log) };
  const good = signText(text, log);
  assert.equal(reason(openNote(printNote({ text, signatures: [byStranger, good] }), keys)), 'opened');
  assert.equal(reason(openNote(printNote({ text, signatures: [byStranger] }), keys)), 'no-known-signature');
  assert.equal(reason(openNote(printNote({ text, signatures: [good, forged] }), keys)), 'bad-signature');
  assert.equal(reason(openNote(printNote({ text, signatures: [withId(byStranger.base64, log.verifier), good] }), keys)), 'bad-signature');
  assert.equal(reason(openNote(signed, [])), 'no-known-signature');
});

test('the text ends at the last empty line; notes without one, or that are not UTF-8 or carry control characters, are malformed', () => {
  const withGap = 'first\n\nsecond\n';
  const note = printNote({ text: withGap, signatures: [signText(withGap, log)] });
  assert.equal(parseNote(note).text, withGap);
  assert.equal(reason(openNote(note, keys)), 'opened');
  for (const bad of [
    '',
    '\n',
    '\n\n',
    text,
    `${text}\n`,
    signed.slice(0, -1),
    signed.replaceAll('\n', '\r\n'),
    signed.replace('— ', '- '),
    signed.replace('— ', '—  '),
    `${signed}trailing`,
    signed.replace('root', 'ro\tot'),
    `${signed}\n`,
    Buffer.concat([Buffer.from(signed), Buffer.of(0xff)]),
    `${text}\n— bank.example/log AAAA\n`,
  ])
    assert.equal(reason(openNote(bad, keys)), 'malformed', String(bad));
});

test('a signature in a second encoding of the same bytes is false, or one byte of a note could change unseen', () => {
  const { base64, ...key } = signText(text, log);
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  // 68 bytes end in one digit that carries two bits only, and one sign of padding.
  const other = base64.slice(0, -2) + digits[digits.indexOf(base64.at(-2) ?? '') + 1] + base64.slice(-1);
  assert.deepEqual(Buffer.from(other, 'base64'), Buffer.from(base64, 'base64'));
  assert.equal(reason(openNote(printNote({ text, signatures: [{ ...key, base64 }] }), keys)), 'opened');
  assert.equal(reason(openNote(printNote({ text, signatures: [{ ...key, base64: other }] }), keys)), 'bad-signature');
});

test('sixteen signatures and more are read, a hundred and one are not', () => {
  const note = (count: number) => printNote({ text, signatures: Array.from({ length: count }, () => signText(text, log)) });
  assert.equal(reason(openNote(note(16), keys)), 'opened');
  assert.equal(reason(openNote(note(100), keys)), 'opened');
  assert.throws(() => note(101), Malformed);
});

test('a cosignature belongs to one text and one second, and to a key that cosigns', () => {
  const signature = cosign(text, witness, time);
  assert.equal(signature.length, 72);
  assert.equal(cosignedAt(text, signature, witness.verifier), time);
  assert.equal(cosignedAt(`${text}x`, signature, witness.verifier), undefined, 'an old cosignature under a newer checkpoint');
  assert.equal(cosignedAt(text, signature, verifierKey('other', COSIGNATURE, log.verifier.publicKey)), undefined);
  for (let bit = 0; bit < 72 * 8; bit++) {
    const bent = Buffer.from(signature);
    bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(cosignedAt(text, bent, witness.verifier), undefined);
  }
  assert.throws(() => cosign(text, witness, 0n), RangeError);
  assert.throws(() => cosign(text, log, time), RangeError);
  assert.equal(cosignedAt(text, Buffer.from(signText(text, log).base64, 'base64').subarray(4), log.verifier), undefined);
  const plain = verifierKey('audit.example/w1', SIGNATURE, witness.verifier.publicKey);
  const note = printNote({ text, signatures: [withId(Buffer.concat([Buffer.alloc(4), signature.subarray(8)]).toString('base64'), plain)] });
  assert.equal(reason(openNote(note, [plain])), 'bad-signature', 'a cosignature does not pass for a signature of the same key');
});

test("a signer's file keeps its name and type, and shows nothing of the seed when it is wrong or looked at", () => {
  for (const signer of [log, witness]) {
    const file = printSigner(signer);
    const seed = file.trimEnd().split('+').slice(4).join('+');
    const read = parseSigner(file);
    assert.equal(printVerifierKey(read.verifier), printVerifierKey(signer.verifier));
    assert.deepEqual(signText(text, read, time), signText(text, signer, time));
    assert.ok(
      !inspect(read, { depth: 9 }).includes(seed) &&
        !JSON.stringify(read, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)).includes(seed),
    );
    for (let at = 0; at < file.length - 1; at++) {
      const other = file.slice(0, at) + (file[at] === 'A' ? 'B' : 'A') + file.slice(at + 1);
      assert.throws(
        () => parseSigner(other),
        (error) => error instanceof Malformed && !error.message.includes(seed.slice(4, 20)),
        `character ${at}`,
      );
    }
  }
});

test('opening never throws, whatever comes', () => {
  const line = fc.oneof(
    fc.constantFrom('', '— a AAAAAAAA', '—', signed.split('\n')[4] ?? '', 'bank.example/log'),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.array(line, { maxLength: 9 }).map((lines) => lines.join('\n')),
      ),
      (input) => {
        assert.equal(typeof openNote(input, keys).ok, 'boolean');
        try {
          parseSignatureLines(input);
        } catch (error) {
          assert.ok(error instanceof Malformed);
        }
      },
    ),
    { seed: 4, numRuns: 2_000 },
  );
});
