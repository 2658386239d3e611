import { createHash } from 'node:crypto';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { contradictions } from '#domain/policy-contradictions.ts';
import type { PolicyFinding } from '#domain/policy-finding.ts';
import { belowFloor } from '#domain/policy-floor.ts';
import { whyRed } from '#domain/policy-test.ts';
import type { Policy } from '#domain/policy.ts';
import { fromFirstLanguage } from './first-policy-language.ts';
import { networksOf } from './networks.ts';
import { finding, inPlainWords, lineOf, PolicyError } from './policy-findings.ts';
import { policySchema, type WrittenPolicy } from './policy-schema.ts';
import { stageOf, unknownRoles, wrongStages } from './stage-text.ts';

interface Source {
  document: Document;
  lines: LineCounter;
}

/**
 * Parses a policy document (YAML 1.2). Throws PolicyError naming line, place and fix of everything that is wrong, also when
 * it asks for less than any policy may. Its own tests are not run: a version that was in force stays readable.
 */
export function parsePolicy(text: string): Policy {
  return read(text, fromFirstLanguage).policy;
}

const asItIs = (document: unknown): unknown => document;

/** Parses a policy that is being written; its tests may be red still. Throws PolicyError. */
export function parseDraft(text: string): Policy {
  return read(text, asItIs).policy;
}

/** Parses a policy that is to be put in force, and runs its tests too. Throws PolicyError. */
export function parseNewPolicy(text: string): Policy {
  const { policy, source } = read(text, asItIs);
  refuseAny(
    source,
    policy.tests.flatMap((test, index) => {
      const why = whyRed(policy, test);
      return why === undefined ? [] : [{ path: ['tests', index], message: `It is red. ${why}` }];
    }),
  );
  return policy;
}

/** What came of each test of a policy that is being written: its line, and why it is red. Throws PolicyError when it is no policy. */
export function testsOfDraft(text: string): { name: string; line: number; why: string | undefined }[] {
  const { policy, source } = read(text, asItIs);
  return policy.tests.map((test, index) => ({
    name: test.name,
    line: lineOf(source.document, source.lines, ['tests', index]),
    why: whyRed(policy, test),
  }));
}

function read(text: string, translated: (document: unknown) => unknown): { policy: Policy; source: Source } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const source = { document, lines };
  // What is broken further down is broken by the first fault.
  const [broken] = document.errors;
  if (broken) throw new PolicyError([`line ${lines.linePos(broken.pos[0]).line}: ${broken.message.split('\n')[0]?.replace(/:$/, '')}`]);
  const parsed = policySchema.safeParse(translated(document.toJS()), { error: inPlainWords });
  if (!parsed.success) {
    refuseAny(source, parsed.error.issues);
    throw new PolicyError([]);
  }
  const policy = policyOf(parsed.data);
  refuseAny(source, [...wrongApprovals(policy), ...contradictions(policy), ...belowFloor(policy)]);
  return { policy, source };
}

function refuseAny({ document, lines }: Source, findings: readonly PolicyFinding[]): void {
  if (findings.length > 0) throw new PolicyError(findings.map((one) => finding(document, lines, one)));
}

function wrongApprovals(policy: Policy): PolicyFinding[] {
  const known = { roles: Object.keys(policy.roles), calendars: Object.keys(policy.calendars) };
  return policy.rules.flatMap(({ approvals, breakGlass, replaceFactors, vouchers }, index) => [
    ...wrongStages(approvals, known).map(({ path, message }) => ({ path: ['rules', index, 'approvals', ...path], message })),
    ...wrongStages(replaceFactors?.approvals ?? [], known).map(({ path, message }) => ({
      path: ['rules', index, 'replaceFactors', 'approvals', ...path],
      message,
    })),
    ...unknownRoles(vouchers ?? [], known.roles).map((message) => ({ path: ['rules', index, 'vouchers'], message })),
    ...unknownRoles(breakGlass?.from ?? [], known.roles).map((message) => ({ path: ['rules', index, 'breakGlass', 'from'], message })),
  ]);
}

function policyOf(written: WrittenPolicy): Policy {
  const wait = written.timers.approval;
  return {
    ...written,
    rules: written.rules.map(({ replaceFactors, ...rule }) => ({
      ...rule,
      approvals: rule.approvals.map((stage) => stageOf(stage, wait)),
      ...(replaceFactors
        ? { replaceFactors: { ...replaceFactors, approvals: replaceFactors.approvals.map((stage) => stageOf(stage, wait)) } }
        : {}),
    })),
    tests: written.tests.map(({ from, ...test }) => ({
      ...test,
      from: { via: from.via, networks: networksOf(written.networks, from.address) },
      at: test.at,
    })),
  };
}

/** The name of a policy version: SHA-256 of its text, in hex. */
export function policySha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
