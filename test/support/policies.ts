import { readFileSync } from 'node:fs';
import { demoPolicyFile } from '#ops/setup/policy.ts';

/** The demo bank's policy with other rules and without its tests, and whatever else is written beside them. */
export function demoPolicyWith(rules: string): string {
  const [demo = ''] = readFileSync(demoPolicyFile, 'utf8').split(/^# What whoever[^]*^tests:/m);
  return demo.replace(/^rules:[^]*^timers:/m, `${rules}\ntimers:`);
}

/** A rule that every policy needs: what protected accounts are asked. */
export const privilegedRule = `
  - id: privileged
    when: { protected: true }
    accept: [{ name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }]
    approvals:
      - { label: manager, by: { relation: manager } }
      - { label: security-officer, by: { group: CS-Security-Officers } }`;
