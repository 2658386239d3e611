import { setTimeout } from 'node:timers/promises';
import { exitCode, type Finding } from '#audit/finding.ts';
import { printFinding } from '#audit/report.ts';
import { openAlarms, type AlarmOptions } from './alarms.ts';
import { keepHeld, readHeld } from './held-file.ts';
import { pass, startOver, type AuditDeps } from './pass.ts';

export interface LiveOptions extends AlarmOptions {
  /** Where the last believed checkpoint is kept. */
  readonly heldFile: string;
  readonly everySeconds: number;
  /** After so long every leaf is hashed again from the first on, so that a change of an old one is found too. */
  readonly anewSeconds: number;
}

/** One look at everything. Answers the report and the exit code: 0 sound, 1 tampered, 2 incomplete. */
export async function auditOnce(deps: AuditDeps, { heldFile }: Pick<LiveOptions, 'heldFile'>): Promise<{ text: string; code: 0 | 1 | 2 }> {
  const { findings, position } = await pass(deps, startOver(readHeld(heldFile)), 'whole');
  if (position.held) keepHeld(heldFile, position.held);
  return { text: findings.map(printFinding).join('\n'), code: exitCode(findings) };
}

/** Looks again and again until the signal, and raises what it finds. That it cannot look is an alarm too, and the next look is tried. */
export async function auditOn(deps: AuditDeps, options: LiveOptions, signal: AbortSignal): Promise<void> {
  const alarms = openAlarms(options);
  let position = startOver(readHeld(options.heldFile));
  let begun = Date.now();
  while (!signal.aborted) {
    if (Date.now() - begun > options.anewSeconds * 1000) {
      position = startOver(position.held);
      begun = Date.now();
    }
    let findings: Finding[];
    try {
      const looked = await pass(deps, position);
      if (looked.position.held && looked.position.held !== position.held) keepHeld(options.heldFile, looked.position.held);
      ({ position } = looked);
      findings = [...looked.findings, couldLook([])];
    } catch (error) {
      findings = [couldLook([error instanceof Error ? error.message : 'it is not known why'])];
    }
    await alarms.report(findings, position.held?.size ?? 0n);
    await setTimeout(options.everySeconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}

function couldLook(why: string[]): Finding {
  const check = 'The auditor can read the database and the published log';
  return { check, serves: 'NIST SP 800-53 AU-5; PCI DSS 10.7.2', verdict: why.length > 0 ? 'incomplete' : 'pass', said: why.join('; ') };
}
