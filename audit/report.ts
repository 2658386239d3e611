import { exitCode, type Finding } from './finding.ts';
import { notProven } from './not-proven.ts';
import type { Auditor, Verification } from './verify-bundle.ts';

const WORDS: Record<Finding['verdict'], string> = { pass: 'PASS', fail: 'FAIL', incomplete: 'INCOMPLETE', unknown: 'NOTE' };
const VERDICTS = {
  0: 'SOUND: every check passed.',
  1: 'TAMPERED: something contradicts what was signed. Keep the archive as it is, and ask who had it in hand.',
  2: 'INCOMPLETE: nothing contradicts what was signed, and something that a verdict needs is missing.',
} as const;

/** One finding as a reader sees it. */
export function printFinding({ check, verdict, said, serves }: Finding): string {
  return `${WORDS[verdict].padEnd(10)} ${check}\n           ${said}\n           serves: ${serves}\n`;
}

/** The whole report: every check, what is not proven, and the verdict last. */
export function printReport({ findings, parts }: Verification, auditor: Auditor): { text: string; code: 0 | 1 | 2 } {
  const code = exitCode(findings);
  const open = parts
    ? `NOT PROVEN\n${notProven(parts, auditor)
        .map((line) => `  - ${line}\n`)
        .join('')}\n`
    : '';
  return { code, text: `${findings.map(printFinding).join('\n')}\n${open}${VERDICTS[code]}\n` };
}
