import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastResets } from '#audit/check-replay.ts';
import { leafInLog } from '#audit/leaf-in-log.ts';
import { account, aBundle, type Changes, type Draft } from './a-bundle.ts';
import { judged } from './judged-bundle.ts';

/** The reset of a-bundle.ts whose claimant said that somebody else may know the old password: a throw-away one is written first. */
const asTwoWrites =
  (then: (two: Draft[]) => Draft[] = (two) => two) =>
  (honest: Draft[]): Draft[] =>
    then(
      honest.flatMap((draft): Draft[] => {
        const thrown = { ...draft, do: { ...draft.do, endOldPassword: true } };
        if (draft.type === 'intent')
          return [thrown, ...thrownAway(honest), { type: 'reset.state', do: { state: 'writing', step: 5 } }, second(draft)];
        if (draft.type === 'write.started') return [second(draft, { pwdLastSet: '134', version: 4, invocation: 'a' })];
        if (draft.type === 'write.result') return [second(draft, { pwdLastSet: '135', versionBefore: 4, version: 5, originating: 'a' })];
        if (draft.type === 'write.verified') return [second(draft)];
        const step = Number(draft.do?.['step'] ?? 0);
        return [step >= 5 ? { ...draft, do: { ...draft.do, step: step + 1 } } : draft];
      }),
    );

const second = (draft: Draft, more: Draft['do'] = {}): Draft => ({ ...draft, do: { ...draft.do, ...more, ordinal: 2 } });

function thrownAway(honest: readonly Draft[]): Draft[] {
  const of = (type: string, more: Draft['do']): Draft => {
    const draft = honest.find((one) => one.type === type);
    return { ...draft, type, do: { ...draft?.do, endOldPassword: true, ...more } };
  };
  return [
    of('write.started', { pwdLastSet: '133', version: 3, invocation: 'a' }),
    of('write.result', { pwdLastSet: '134', versionBefore: 3, version: 4, originating: 'a' }),
  ];
}

const first =
  (type: string, more: Draft['do']) =>
  (two: Draft[]): Draft[] => {
    const at = two.findIndex((one) => one.type === type);
    return two.map((draft, index) => (index === at ? { ...draft, do: { ...draft.do, ...more } } : draft));
  };
const last =
  (type: string, more: Draft['do']) =>
  (two: Draft[]): Draft[] => {
    const at = two.findLastIndex((one) => one.type === type);
    return two.map((draft, index) => (index === at ? { ...draft, do: { ...draft.do, ...more } } : draft));
  };
const twice =
  (type: string) =>
  (two: Draft[]): Draft[] => {
    const at = two.findIndex((one) => one.type === type);
    return two.flatMap((draft, index) => (index === at ? [draft, draft] : [draft]));
  };

test('an old password that was ended by two writes is verified and replayed whole', () => {
  assert.deepEqual(judged(aBundle({ leaves: asTwoWrites() })), { code: 0, said: '' });
});

const LIES: Record<string, [Changes['leaves'], RegExp]> = {
  'a throw-away password that was set twice': [asTwoWrites(twice('write.result')), /the old password was ended 2 times/],
  'a throw-away password that nobody intended': [
    asTwoWrites((two) =>
      first('intent', {})(two).map((draft) => (draft.type === 'intent' && draft.do?.['ordinal'] === 1 ? plain(draft) : draft)),
    ),
    /not what leaf \d+ intended/,
  ],
  'an intent of a throw-away password, under which the chosen one was written': [
    asTwoWrites(last('intent', { endOldPassword: true })),
    /not what leaf \d+ intended/,
  ],
  'a password by somebody else between the two': [
    asTwoWrites((two) => last('write.result', { versionBefore: 5, version: 6 })(last('write.started', { version: 5 })(two))),
    /changed by somebody else after the throw-away one/,
  ],
  'a chosen password that was written over another than the throw-away one': [
    asTwoWrites(last('write.started', { pwdLastSet: '133' })),
    /account-changed/,
  ],
  'a throw-away password for two writes': [
    asTwoWrites((two) =>
      last('write.result', { versionBefore: 5, version: 6 })(
        last('write.started', { version: 5 })(first('write.result', { version: 5 })(two)),
      ),
    ),
    /went from version 3 to 5, and one write/,
  ],
  'a throw-away password that is said to be bound': [
    asTwoWrites(last('write.verified', { ordinal: 1, endOldPassword: true })),
    /a throw-away password was bound/,
  ],
  'two chosen passwords after it': [
    asTwoWrites((two) => {
      const at = two.findLastIndex(({ type }) => type === 'write.result');
      return two.flatMap((draft, index) => (index === at ? [draft, draft] : [draft]));
    }),
    /the account was changed 2 times/,
  ],
};

function plain(draft: Draft): Draft {
  const entries = Object.entries(draft.do ?? {}).filter(([name]) => name !== 'endOldPassword');
  return { ...draft, do: Object.fromEntries(entries) };
}

for (const [what, [leaves, words]] of Object.entries(LIES))
  test(`the replay of two writes finds ${what}`, () => {
    const { code, said } = judged(aBundle(leaves ? { leaves } : {}));
    assert.equal(code, 1, said);
    assert.match(said, words);
  });

test('the second of two writes is the last reset of that person', () => {
  const leaves = aBundle({ leaves: asTwoWrites() }).leaves.map(({ index, text }) => leafInLog(index, text));
  const started = leaves.filter(({ body }) => body.type === 'write.started');
  assert.equal(started.length, 2);
  assert.equal(lastResets(leaves)(account, 1000n)?.toISOString(), started[1]?.body.t.wall);
});
