import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { signedWord } from '#activities/verify/word.ts';
import type { VerifierKeys } from '#activities/verify/keys.ts';
import { hearVerifier } from '#api/verifier-word.ts';

/** A worker carries the verifier's words to the API; it may repeat them elsewhere, change them, or make up its own. */
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const verifier = { keys: { signing: privateKey } as VerifierKeys };
const hear = hearVerifier(publicKey.export({ format: 'pem', type: 'spki' }).toString());
const forger = { keys: { signing: generateKeyPairSync('ed25519').privateKey } as VerifierKeys };

const signIn = { kind: 'sign-in', session: 's1', update: 'u1', account: 'mateo', sid: 'S-1', roles: ['auditor'] } as const;
const here = { session: 's1', update: 'u1' };

test("a sign-in counts by the verifier's own word about this session and this attempt", () => {
  assert.deepEqual(hear('sign-in', signedWord(verifier, { ...signIn, roles: ['auditor'] }), here)?.roles, ['auditor']);
});

test('a worker signs nobody in: made up, forged, changed, repeated elsewhere, or of another kind', () => {
  const word = signedWord(verifier, { ...signIn, roles: ['auditor'] });
  const lies = {
    'no word at all': undefined,
    'signed by another key': signedWord(forger, { ...signIn, roles: ['auditor'] }),
    'one more role written in': { ...word, text: word.text.replace('"auditor"', '"administrator","auditor"') },
    'another account written in': { ...word, text: word.text.replace('mateo', 'lena1') },
    'an empty signature': { ...word, signature: '' },
    'a word of another session': signedWord(verifier, { ...signIn, session: 's2', roles: ['auditor'] }),
    'a word of an earlier attempt': signedWord(verifier, { ...signIn, update: 'u0', roles: ['auditor'] }),
    "the second step's word for the first": signedWord(verifier, { kind: 'sign-in-factor', session: 's1', update: 'u1', account: 'mateo' }),
    'not JSON': { text: 'yes', signature: word.signature },
  };
  for (const [lie, told] of Object.entries(lies)) assert.equal(hear('sign-in', told, here), undefined, lie);
});

test('a parked reset changes hands for the word about this reset and this try only', () => {
  const word = signedWord(verifier, { kind: 'resumed', reset: 'r1', update: 'u1', account: 'rosa' });
  assert.ok(hear('resumed', word, { reset: 'r1', update: 'u1' }));
  assert.equal(hear('resumed', word, { reset: 'r2', update: 'u1' }), undefined);
  assert.equal(hear('resumed', word, { reset: 'r1', update: 'u2' }), undefined);
});
