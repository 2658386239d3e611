import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { lookAtRotations } from '#audit/check-rotations.ts';
import type { LeafInLog } from '#audit/leaf-in-log.ts';
import { openRotation, signRotation } from '#evidence/key-rotation.ts';
import { Malformed } from '#evidence/malformed.ts';
import { parseNote, printNote, signText } from '#evidence/signed-note.ts';
import { generateSigner, type Signer } from '#evidence/signer-key.ts';
import { COSIGNATURE, printVerifierKey, SIGNATURE } from '#evidence/verifier-key.ts';
import { startOracle, type Oracle } from '#test/support/oracle.ts';

let oracle: Oracle;
before(async () => (oracle = await startOracle()));
after(() => oracle.end());

const [old, fresh, thief] = ['', '', ''].map(() => generateSigner('log.bank.example/evidence', SIGNATURE)) as [Signer, Signer, Signer];
const vkey = (signer: Signer): string => printVerifierKey(signer.verifier);

test('both keys sign that one follows the other, and sumdb/note opens it with both', async () => {
  const note = signRotation(old, fresh);
  assert.deepEqual([openRotation(note).old.id, openRotation(note).fresh.id], [old.verifier.id, fresh.verifier.id]);
  const opened = await oracle.ask({ ask: 'open note', note, keys: [vkey(old), vkey(fresh)] });
  assert.equal(opened.verified?.length, 2);
  const witness = [generateSigner('w.bank.example', COSIGNATURE), generateSigner('w.bank.example', COSIGNATURE)] as const;
  assert.equal(openRotation(signRotation(...witness, 1_800_000_000n)).fresh.id, witness[1].verifier.id);
});

test('a rotation that one of the two has not signed, or that was changed in any bit, is none', () => {
  const { text, signatures } = parseNote(signRotation(old, fresh));
  for (const kept of signatures) assert.throws(() => openRotation(printNote({ text, signatures: [kept] })), /has not signed/);
  const forged = printNote({ text, signatures: [signText(text, thief), ...signatures.slice(1)] });
  assert.throws(() => openRotation(forged), /the old key has not signed/);
  const bytes = Buffer.from(signRotation(old, fresh));
  for (let at = 0; at < bytes.length; at++) {
    const bent = Buffer.from(bytes);
    bent.writeUInt8(bent.readUInt8(at) ^ (1 << (at % 8)), at);
    assert.throws(() => openRotation(bent), Malformed, `byte ${at}`);
  }
});

test('a key is followed by another one of its name and kind', () => {
  assert.throws(() => signRotation(old, old), /the new key is the old one/);
  assert.throws(() => signRotation(old, generateSigner('other.example', SIGNATURE)), /named other\.example/);
  assert.throws(() => signRotation(old, generateSigner(old.verifier.name, COSIGNATURE)), /another type/);
});

test('an auditor reads it from the leaf, and finds a leaf that says other keys than were signed', () => {
  const said = (change: object): string => {
    const facts = { role: 'log', old: vkey(old), new: vkey(fresh), note: signRotation(old, fresh), ...change };
    const rotations = lookAtRotations();
    rotations.look({ index: 7n, body: { type: 'key.rotated', do: facts } } as unknown as LeafInLog); // what is looked at of a leaf
    const { verdict, said } = rotations.finding();
    return `${verdict}: ${said}`;
  };
  assert.equal(said({}), 'pass: 1 change of a key');
  assert.match(said({ new: vkey(thief) }), /^fail: leaf 7: its note is of other keys/);
  assert.match(said({ note: signRotation(thief, fresh), old: vkey(old) }), /of other keys/);
  assert.match(said({ note: 'words' }), /^fail: leaf 7/);
  assert.match(said({ note: 7 }), /no signed note/);
});
