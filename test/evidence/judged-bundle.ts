import { exitCode } from '#audit/finding.ts';
import type { BundleParts } from '#audit/bundle-parts.ts';
import { packBundle } from '#audit/pack-bundle.ts';
import { verifyBundle } from '#audit/verify-bundle.ts';
import { parseTrustPolicy } from '#evidence/trust-policy.ts';
import { exporter, type Draft } from './a-bundle.ts';
import { twoOfThree } from './bank-log.ts';

export const auditor = { policy: parseTrustPolicy(twoOfThree), now: new Date('2026-11-21T00:00:00Z'), toleranceSeconds: 300 };

/** What an auditor who trusts two of three witnesses says of a bundle, everything but what passed. */
export function judged(parts: BundleParts, more = {}): { code: number; said: string } {
  const { findings } = verifyBundle(packBundle(parts, Buffer.from('//'), exporter), { ...auditor, ...more });
  return {
    code: exitCode(findings),
    said: findings
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ said }) => said)
      .join('\n'),
  };
}

export const changed =
  (type: string, change: (draft: Draft) => Draft) =>
  (honest: Draft[]): Draft[] =>
    honest.map((draft) => (draft.type === type ? change(draft) : draft));
export const facts = (type: string, more: Draft['do']) => changed(type, (draft) => ({ ...draft, do: { ...draft.do, ...more } }));
