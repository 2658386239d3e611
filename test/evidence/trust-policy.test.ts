import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Malformed } from '#evidence/malformed.ts';
import { generateSigner } from '#evidence/signer-key.ts';
import { parseTrustPolicy, printTrustPolicy } from '#evidence/trust-policy.ts';
import { COSIGNATURE, printVerifierKey, SIGNATURE, verifierKey } from '#evidence/verifier-key.ts';
import { audit, key, log, site, soc, twoOfThree } from './bank-log.ts';

test('a policy prints as it was read, and reads as it was printed', () => {
  const printed = printTrustPolicy(parseTrustPolicy(twoOfThree));
  assert.equal(printed, twoOfThree);
  const written = `# who we trust\n\n  log\t${key(log)}  \n\t# tabs and spaces\nwitness Ünal ${key(audit)}\ngroup both all Ünal\ngroup all-in any both\nquorum all-in\n`;
  const policy = parseTrustPolicy(Buffer.from(written));
  assert.deepEqual(parseTrustPolicy(printTrustPolicy(policy)), policy);
  assert.deepEqual(policy.members.get('both'), { kind: 'group', threshold: 1, of: ['Ünal'] });
});

test('every form that is refused is refused with the number of its line', () => {
  const soFar = `log ${key(log)}\nwitness a ${key(audit)}\nwitness b ${key(soc)}\n`;
  const again = printVerifierKey(verifierKey('renamed', COSIGNATURE, audit.verifier.publicKey));
  const logAgain = printVerifierKey(verifierKey('renamed', SIGNATURE, log.verifier.publicKey));
  for (const [line, words] of [
    ['witness a ' + key(site), 'defined already'],
    ['witness none ' + key(site), 'a meaning of its own'],
    ['witness c ' + again, 'the same public key'],
    ['witness c ' + key(log), 'of type 4'],
    ['witness c', 'write: witness'],
    ['witness c garbage', 'a verifier key is written'],
    [`witness c ${key(site)} url more`, 'write: witness'],
    ['log', 'write: log'],
    ['log ' + key(audit), 'of type 1'],
    ['log ' + logAgain, 'the same public key'],
    ['group g', 'write: group'],
    ['group g any', 'write: group'],
    ['group g any c', 'no line before'],
    ['group g any g', 'no line before'],
    ['group g any none', 'no line before'],
    ['group a any b', 'defined already'],
    ['group none any b', 'a meaning of its own'],
    ['group g any a a', 'a member already'],
    ['group g 0 a b', 'can ask for'],
    ['group g 3 a b', 'can ask for'],
    ['group g 01 a b', 'can ask for'],
    ['group g some a b', 'can ask for'],
    ['quorum c', 'no line before'],
    ['quorum', 'write: quorum'],
    ['quorum a b', 'write: quorum'],
    ['Quorum a', 'none of log, witness'],
    [`log ${key(log)}\r`, 'only tabs'],
  ] as const)
    assert.throws(
      () => parseTrustPolicy(`${soFar}${line}\nquorum none\n`),
      (error) => error instanceof Malformed && error.message.startsWith('line 4 of the policy: ') && error.message.includes(words),
      line,
    );
  assert.throws(() => parseTrustPolicy(`${soFar}group g any a\ngroup h any a b\nquorum h\n`), /line 5 .* a member already/);
  assert.throws(() => parseTrustPolicy(`${soFar}quorum a\nquorum b\n`), /line 5 .* one quorum line/);
  assert.throws(() => parseTrustPolicy(soFar), /no quorum line/);
  assert.throws(() => parseTrustPolicy(`${soFar}quorum a`), /may have been cut/);
  assert.throws(() => parseTrustPolicy(Buffer.from([0x23, 0xff, 0x0a])), /not UTF-8/);
});

test('32 logs, 32 witnesses and 32 groups are no limit', () => {
  const many = Array.from({ length: 32 }, (_, at) => at);
  const lines = [
    ...many.map((at) => `log ${key(generateSigner(`l${at}`, SIGNATURE))}`),
    ...many.map((at) => `witness w${at} ${key(generateSigner(`w${at}`, COSIGNATURE))}`),
    ...many.map((at) => (at === 0 ? 'group g0 any w0' : `group g${at} all g${at - 1} w${at}`)),
    'quorum g31',
  ];
  const policy = parseTrustPolicy(`${lines.join('\n')}\n`);
  assert.equal(policy.members.size, 64);
});

test('reading never throws anything but Malformed', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array()), (input) => {
      assert.throws(() => parseTrustPolicy(input), Malformed);
    }),
    { seed: 4, numRuns: 1_000 },
  );
});
