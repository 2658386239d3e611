import { Malformed } from './malformed.ts';
import { COSIGNATURE, parseVerifierKey, printVerifierKey, SIGNATURE } from './verifier-key.ts';
import type { KeyType, VerifierKey } from './verifier-key.ts';
import { readDecimal, textOf } from './wire-text.ts';

/**
 * Trust policies, C2SP tlog-policy: which logs and witnesses somebody trusts, and which of the witnesses must have cosigned.
 * It is the file that an auditor keeps. Stricter than the specification in two points: the file is UTF-8, and every key
 * is of a type that is known here, since a witness that nobody can check would only seem to count.
 */
export interface TrustPolicy {
  readonly logs: readonly { readonly key: VerifierKey; readonly url?: string }[];
  /** Witnesses and groups in the order of the file: members come before their group. */
  readonly members: ReadonlyMap<string, Witness | Group>;
  /** A name of members; undefined for "none". */
  readonly quorum: string | undefined;
}

export interface Witness {
  readonly kind: 'witness';
  readonly key: VerifierKey;
  readonly url?: string;
}

export interface Group {
  readonly kind: 'group';
  /** How many of the members must have witnessed. */
  readonly threshold: number;
  readonly of: readonly string[];
}

const NONE = 'none';

/** Reads a policy file. Throws Malformed with the number of the line and what is wrong with it. */
export function parseTrustPolicy(input: string | Uint8Array): TrustPolicy {
  const text = textOf(input);
  if (!text.endsWith('\n')) throw new Malformed('the last line of the policy has no newline; the file may have been cut');
  const draft: Draft = { logs: [], members: new Map(), quorum: undefined, listed: new Set() };
  for (const [at, line] of text.slice(0, -1).split('\n').entries()) {
    try {
      readLine(line, draft);
    } catch (error) {
      if (error instanceof Malformed) throw new Malformed(`line ${at + 1} of the policy: ${error.message}`);
      throw error;
    }
  }
  if (draft.quorum === undefined) throw new Malformed('the policy has no quorum line; write "quorum none" to ask for no witness');
  return { logs: draft.logs, members: draft.members, quorum: draft.quorum === NONE ? undefined : draft.quorum };
}

interface Draft {
  readonly logs: TrustPolicy['logs'][number][];
  readonly members: Map<string, Witness | Group>;
  quorum: string | undefined;
  /** Names that are in a group already: each may be in one group only, so that nobody counts twice. */
  readonly listed: Set<string>;
}

function readLine(line: string, draft: Draft): void {
  // oxlint-disable-next-line no-control-regex -- control characters are what the format forbids
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(line))
    throw new Malformed('only tabs are allowed of the control characters (does the file have the line ends of Windows?)');
  const [word, ...items] = line.split(/[ \t]+/).filter((item) => item !== '');
  if (word === undefined || word.startsWith('#')) return;
  if (word === 'log') readLog(items, draft);
  else if (word === 'witness') readWitness(items, draft);
  else if (word === 'group') readGroup(items, draft);
  else if (word === 'quorum') readQuorum(items, draft);
  else throw new Malformed(`"${word}" is none of log, witness, group, quorum`);
}

function readLog([vkey, url, ...more]: string[], { logs }: Draft): void {
  if (vkey === undefined || more.length > 0) throw new Malformed('write: log <vkey> [<url>]');
  const key = keyOfType(vkey, SIGNATURE, 'a log');
  if (logs.some((log) => log.key.publicKey.equals(key.publicKey))) throw new Malformed('another log has the same public key');
  logs.push({ key, ...(url === undefined ? {} : { url }) });
}

function readWitness([name, vkey, url, ...more]: string[], { members }: Draft): void {
  if (name === undefined || vkey === undefined || more.length > 0) throw new Malformed('write: witness <name> <vkey> [<url>]');
  checkNew(name, members);
  const key = keyOfType(vkey, COSIGNATURE, 'a witness');
  for (const member of members.values())
    if (member.kind === 'witness' && member.key.publicKey.equals(key.publicKey))
      throw new Malformed('another witness has the same public key, and would count twice');
  members.set(name, { kind: 'witness', key, ...(url === undefined ? {} : { url }) });
}

function readGroup([name, count, ...of]: string[], { members, listed }: Draft): void {
  if (name === undefined || count === undefined || of.length === 0) throw new Malformed('write: group <name> all|any|<k> <name>…');
  checkNew(name, members);
  for (const member of of) {
    if (!members.has(member)) throw new Malformed(`no line before defines the name ${member}`);
    if (listed.has(member)) throw new Malformed(`${member} is a member already, and would count twice`);
    listed.add(member);
  }
  const threshold = count === 'all' ? of.length : count === 'any' ? 1 : Number(readDecimal(count) ?? 0n);
  if (threshold < 1 || threshold > of.length)
    throw new Malformed(`of ${of.length} members a group can ask for all, any, or 1 to ${of.length}`);
  members.set(name, { kind: 'group', threshold, of });
}

function readQuorum([name, ...more]: string[], draft: Draft): void {
  if (name === undefined || more.length > 0) throw new Malformed('write: quorum <name>|none');
  if (draft.quorum !== undefined) throw new Malformed('a policy has one quorum line');
  if (name !== NONE && !draft.members.has(name)) throw new Malformed(`no line before defines the name ${name}`);
  draft.quorum = name;
}

function checkNew(name: string, members: Draft['members']): void {
  if (name === NONE) throw new Malformed('the name "none" has a meaning of its own');
  if (members.has(name)) throw new Malformed(`the name ${name} is defined already`);
}

function keyOfType(vkey: string, type: KeyType, whose: string): VerifierKey {
  const key = parseVerifierKey(vkey);
  if (key.type !== type) throw new Malformed(`the key of ${whose} is of type ${type}, not ${key.type}`);
  return key;
}

/** The file, in the one form that this module writes. parseTrustPolicy reads the same policy from it. */
export function printTrustPolicy({ logs, members, quorum }: TrustPolicy): string {
  const logLines = logs.map(({ key, url }) => ['log', printVerifierKey(key), ...(url === undefined ? [] : [url])]);
  const memberLines = [...members].map(([name, member]) =>
    member.kind === 'witness'
      ? ['witness', name, printVerifierKey(member.key), ...(member.url === undefined ? [] : [member.url])]
      : ['group', name, String(member.threshold), ...member.of],
  );
  return [...logLines, ...memberLines, ['quorum', quorum ?? NONE]].map((items) => `${items.join(' ')}\n`).join('');
}
