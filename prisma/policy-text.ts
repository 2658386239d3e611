import { createHash } from 'node:crypto';
import { LineCounter, parseDocument, isPair } from 'yaml';
import { z } from 'zod';
import { FACTORS, PROOFS } from '#domain/next.ts';
import type { Policy } from '#domain/policy.ts';
import { calendarText } from './calendar-text.ts';
import { duration } from './duration-text.ts';
import { stageOf, stageText, wrongStages } from './stage-text.ts';

const count = (max: number) => z.int().min(1).max(max);
const rule = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, 'use small letters, digits and dashes'),
  when: z.strictObject({ protected: z.boolean() }),
  proofs: z.array(z.enum(PROOFS)).min(1),
  factors: z.array(z.enum(FACTORS)).min(1),
  approvals: z.array(stageText).max(5),
});
const schema = z.strictObject({
  name: z.string().min(1),
  serves: z.array(z.string().regex(/^(OU|CN|DC)=/i, 'write a distinguished name, such as OU=Staff,DC=bank,DC=test')).min(1),
  rules: z.array(rule).min(1),
  calendars: z.record(z.string().min(1), calendarText).default({}),
  roles: z.record(z.string().min(1), z.array(z.string().min(1)).min(1)).default({}),
  timers: z.strictObject({
    unproven: duration,
    approval: duration,
    choosePassword: duration,
    sealedPassword: duration,
    coolingOff: duration,
    issuedCode: duration,
    // Resets may be frozen under a policy from before this timer.
    outcome: duration.default(86_400),
  }),
  attempts: z.strictObject({
    proofsPerReset: count(10),
    factorsPerReset: count(10),
    passwordsPerReset: count(20),
    perAuthenticator: count(100),
    perAccountPerHour: count(100),
    signInsPerAccountPerHour: count(100),
  }),
  password: z.strictObject({
    minLength: z.int().min(8, 'NIST SP 800-63B-4 §3.1.1.2 asks for at least 8').max(64),
    siteWords: z.array(z.string().min(3)),
  }),
});

/** What is wrong with a policy, one sentence a finding: line, field, fix. */
export class PolicyError extends Error {
  constructor(findings: string[]) {
    super(`The policy cannot be used.\n${findings.join('\n')}`);
    this.name = 'PolicyError';
  }
}

/** Parses a policy document (YAML 1.2). Throws PolicyError naming line, field and fix of everything that is wrong. */
export function parsePolicy(text: string): Policy {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors.map((e) => `line ${lines.linePos(e.pos[0]).line}: ${e.message.split('\n')[0]}`);
  if (broken.length > 0) throw new PolicyError(broken);
  const parsed = schema.safeParse(document.toJS());
  if (!parsed.success) {
    throw new PolicyError(
      parsed.error.issues.map(
        (issue) => `line ${lineOf(document, lines, issue.path)}: ${issue.path.join('.') || 'the document'}: ${issue.message}`,
      ),
    );
  }
  const policy = policyOf(parsed.data);
  const wrong = policy.rules.flatMap((r, index) =>
    wrongStages(r.approvals, { roles: Object.keys(policy.roles), calendars: Object.keys(policy.calendars) }).map(({ path, message }) => {
      const whole = ['rules', index, 'approvals', ...path];
      return { path: whole, message: `${whole.join('.')}: ${message}` };
    }),
  );
  const floor = belowFloor(policy);
  const findings = [...wrong, ...(floor ? [floor] : [])];
  if (findings.length > 0) throw new PolicyError(findings.map(({ path, message }) => `line ${lineOf(document, lines, path)}: ${message}`));
  return policy;
}

function policyOf(written: z.output<typeof schema>): Policy {
  const wait = written.timers.approval;
  return { ...written, rules: written.rules.map((r) => ({ ...r, approvals: r.approvals.map((stage) => stageOf(stage, wait)) })) };
}

/** Protected accounts always need two people's approval of approval: nobody resets a domain administrator alone, whatever a policy says. */
function belowFloor(policy: Policy): { path: PropertyKey[]; message: string } | undefined {
  const seen = new Set<string>();
  for (const [index, r] of policy.rules.entries()) {
    if (seen.has(r.id))
      return { path: ['rules', index, 'id'], message: `rules.${index}.id: "${r.id}" is used twice; give each rule its own name` };
    seen.add(r.id);
    if (r.when.protected && r.approvals.reduce((people, { needs }) => people + needs, 0) < 2)
      return {
        path: ['rules', index, 'approvals'],
        message: `rules.${index}.approvals: protected accounts need the approval of at least two people; add a stage, or let one need two`,
      };
  }
  return undefined;
}

function lineOf(document: ReturnType<typeof parseDocument>, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    const range = isPair(node) ? undefined : (node as { range?: [number, number, number] } | undefined)?.range; // yaml nodes carry their source range
    if (range) return lines.linePos(range[0]).line;
  }
  return 1;
}

/** The name of a policy version: SHA-256 of its text, in hex. */
export function policySha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
