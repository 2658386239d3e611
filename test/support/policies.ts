import { readFileSync } from 'node:fs';
import { demoPolicyFile } from '#ops/setup/policy.ts';

/** The demo bank's policy with other rules and without its tests, and whatever else is written beside them. */
export function demoPolicyWith(rules: string): string {
  const [demo = ''] = readFileSync(demoPolicyFile, 'utf8').split(/^# What whoever[^]*^tests:/m);
  return demo.replace(/^rules:[^]*^timers:/m, `${rules}\ntimers:`);
}

/** The text with these places put another way. Throws when one is not in it: a test would try the text as it was, and say nothing. */
export function edited(text: string, ...places: (readonly [was: string | RegExp, becomes: string])[]): string {
  return places.reduce((before, [was, becomes]) => {
    const after = before.replace(was, becomes);
    if (after === before) throw new Error(`Nothing to edit in this text: ${was}`);
    return after;
  }, text);
}

/** A rule that every policy needs: what protected accounts are asked. */
export const privilegedRule = `
  - id: privileged
    when: { protected: true }
    accept: [{ name: a code and the authenticator, proofs: [recovery-code], factors: [totp] }]
    approvals:
      - { label: manager, by: { relation: manager } }
      - { label: security-officer, by: { group: CS-Security-Officers } }`;
