import { isMap, isPair, type Document, type LineCounter } from 'yaml';
import type { z } from 'zod';
import type { PolicyFinding } from '#domain/policy-finding.ts';

/** What is wrong with a policy, one sentence a finding: line, place, fix. */
export class PolicyError extends Error {
  readonly findings: readonly string[];

  constructor(findings: readonly string[]) {
    super(`The policy cannot be used.\n${findings.join('\n')}`);
    this.name = 'PolicyError';
    this.findings = findings;
  }
}

/** A finding as it is read aloud: the line, the place in words, the sentence. */
export function finding(document: Document, lines: LineCounter, { path, message }: PolicyFinding): string {
  const said = message.charAt(0).toUpperCase() + message.slice(1);
  const place = placeInWords(document, path);
  return `line ${lineOf(document, lines, path)}${place ? `, ${place}` : ''}: ${said}${/[.!?]$/.test(said) ? '' : '.'}`;
}

/** The line that a finding begins with. */
export function lineOfFinding(said: string): number {
  return Number(/^line (\d+)/.exec(said)?.[1] ?? 1);
}

/** How the entries of a list are called, and by which setting each is known. */
const LISTS: Readonly<Record<string, readonly [noun: string, known: string]>> = {
  rules: ['rule', 'id'],
  accept: ['way in', 'name'],
  approvals: ['stage', 'label'],
  tests: ['test', 'name'],
  firstFactor: ['condition for a first app', 'name'],
};

function placeInWords(document: Document, path: readonly PropertyKey[]): string {
  return path
    .flatMap((step, at) => {
      if (typeof step !== 'number') return typeof path[at + 1] === 'number' && LISTS[String(step)] ? [] : [String(step)];
      const [noun, known] = LISTS[String(path[at - 1])] ?? ['entry', ''];
      const name: unknown = known ? document.getIn([...path.slice(0, at + 1), known]) : undefined;
      return [typeof name === 'string' ? `${noun} "${name}"` : `${noun} ${step + 1}`];
    })
    .join(', ');
}

/** The line on which what stands at this path begins. */
export function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = depth === 0 ? document.contents : (keyOf(document, path.slice(0, depth)) ?? document.getIn(path.slice(0, depth), true));
    const range = isPair(node) ? undefined : (node as { range?: [number, number, number] } | undefined)?.range; // yaml nodes carry their source range
    if (range) return lines.linePos(range[0]).line;
  }
  return 1;
}

/** A setting stands where its name does, also when what it holds begins on the next line. */
function keyOf(document: Document, path: readonly PropertyKey[]): unknown {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  return parent.items.find(({ key }) => (key as { value?: unknown } | null)?.value === path.at(-1))?.key; // the scalar of a name
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'settings with their names',
  record: 'names, each with what it stands for',
};

/** Zod's own findings as sentences; what a schema says itself is left as it is. */
export function inPlainWords(issue: z.core.$ZodRawIssue): string | undefined {
  const { input } = issue;
  switch (issue.code) {
    case 'invalid_type':
      return input === undefined ? 'This is missing; write it.' : `Write ${KINDS[issue.expected] ?? issue.expected} here.`;
    case 'unrecognized_keys':
      return `There is no setting ${issue.keys.map((key) => `"${key}"`).join(' or ')} here; delete it, or look up the right name with: countersign policy schema`;
    case 'invalid_value':
      return `${typeof input === 'string' ? `"${input}"` : 'This'} is not known here; write ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}.`;
    case 'too_small':
      return issue.origin === 'string' ? 'Write something here.' : `Write ${String(issue.minimum)} or more.`;
    case 'too_big':
      return `Write ${String(issue.maximum)} or less.`;
    case 'invalid_union':
      return 'This is written in none of the ways that are known here; look them up with: countersign policy schema';
    case 'invalid_format':
      return 'This is not written as it should be; look it up with: countersign policy schema';
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'custom':
    default:
      return undefined;
  }
}
