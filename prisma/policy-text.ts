import { createHash } from 'node:crypto';
import { LineCounter, parseDocument, isPair } from 'yaml';
import { z } from 'zod';
import { DECISION_METHODS } from '#domain/attestation.ts';
import { DOORS, FLAGS } from '#domain/circumstances.ts';
import { FACTORS, PROOFS } from '#domain/next.ts';
import type { Policy } from '#domain/policy.ts';
import { calendarText } from './calendar-text.ts';
import { duration } from './duration-text.ts';
import { whyNotBlock } from './networks.ts';
import { stageOf, stageText, wrongStages } from './stage-text.ts';

const count = (max: number) => z.int().min(1).max(max);
const subtree = z.string().regex(/^(OU|CN|DC)=/i, 'write a distinguished name, such as OU=Staff,DC=bank,DC=test');
const listOf = <T extends z.ZodType>(of: T) => z.array(of).min(1, 'write at least one, or leave the line out');
const groupNames = listOf(z.string().min(1)).optional();
const networkNames = listOf(z.string().min(1)).optional();
const when = z.strictObject({
  protected: z.boolean().optional(),
  under: listOf(subtree).optional(),
  notUnder: listOf(subtree).optional(),
  memberOf: groupNames,
  notMemberOf: groupNames,
  flags: listOf(z.enum(FLAGS)).optional(),
  notFlags: listOf(z.enum(FLAGS)).optional(),
  via: listOf(z.enum(DOORS)).optional(),
  networks: networkNames,
  notNetworks: networkNames,
  hours: z.union([z.strictObject({ inside: z.string().min(1) }), z.strictObject({ outside: z.string().min(1) })]).optional(),
});
const alternative = z.strictObject({
  name: z.string().min(1),
  proofs: z.array(z.enum(PROOFS)).min(1, 'each way in needs at least one proof of who somebody is'),
  factors: z.array(z.enum(FACTORS)).min(1, 'each way in needs at least one factor, something that the person holds'),
});
const block = z.string().refine((text) => whyNotBlock(text) === undefined, { error: (issue) => whyNotBlock(String(issue.input)) });
const minLength = z.int().min(8, 'NIST SP 800-63B-4 §3.1.1.2 asks for at least 8').max(64);
const siteWords = z.array(z.string().min(3));
const rule = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, 'use small letters, digits and dashes'),
  when,
  accept: z.array(alternative).min(1),
  approvals: z.array(stageText).max(5),
  password: z.strictObject({ minLength: minLength.optional(), siteWords: siteWords.optional() }).optional(),
  decisions: z.array(z.enum(DECISION_METHODS)).min(1).default(['passkey']),
});
const schema = z.strictObject({
  name: z.string().min(1),
  serves: z.array(subtree).min(1),
  networks: z.record(z.string(), z.array(block).min(1)).default({}),
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
  password: z.strictObject({ minLength, siteWords }),
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
  // What is broken further down is broken by the first fault.
  const [broken] = document.errors;
  if (broken) throw new PolicyError([`line ${lines.linePos(broken.pos[0]).line}: ${broken.message.split('\n')[0]}`]);
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

/** Protected accounts always need the approval of two people, each signed with a key of their own: nobody resets a domain administrator alone, whatever a policy says. */
function belowFloor(policy: Policy): { path: PropertyKey[]; message: string } | undefined {
  const seen = new Set<string>();
  for (const [index, r] of policy.rules.entries()) {
    if (seen.has(r.id))
      return { path: ['rules', index, 'id'], message: `rules.${index}.id: "${r.id}" is used twice; give each rule its own name` };
    seen.add(r.id);
    if (r.when.protected !== false && r.approvals.reduce((people, { needs }) => people + needs, 0) < 2)
      return {
        path: ['rules', index, 'approvals'],
        message: `rules.${index}.approvals: protected accounts need the approval of at least two people; add a stage, or let one need two`,
      };
    if (r.when.protected && r.decisions.some((method) => method !== 'passkey'))
      return {
        path: ['rules', index, 'decisions'],
        message: `rules.${index}.decisions: decisions about protected accounts are signed with the approver's own key; write decisions: [passkey], or leave it out`,
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
