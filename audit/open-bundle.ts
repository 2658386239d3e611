import { createHash } from 'node:crypto';
import { parseCanonical, type Json } from '#evidence/jcs.ts';
import { Malformed } from '#evidence/malformed.ts';
import { parseLogProof } from '#evidence/log-proof.ts';
import type { Manifest } from '#evidence/manifest.ts';
import { readBase64, readDecimal, textOf } from '#evidence/wire-text.ts';
import { parseAddCheckpoint } from '#evidence/witness-protocol.ts';
import type { Files } from '#evidence/zip.ts';
import {
  codePath,
  historyPath,
  PATHS,
  policyPath,
  proofPath,
  receiptConsistencyPath,
  receiptPath,
  type BundleParts,
  type Growth,
  type HistoryKeyGiven,
} from './bundle-parts.ts';
import { verifierKeyOf } from './check-replay.ts';

/**
 * Reads the files of a bundle. Form only: whatever is signed, hashed or proven is still to be checked. Throws Malformed
 * with the path of the file that cannot be read, or that belongs to no bundle.
 */
export function openBundle(files: Files, { scope }: Manifest): BundleParts {
  const left = new Set(files.keys());
  const optional = <T>(path: string, read: (bytes: Uint8Array) => T): T | undefined => {
    const bytes = files.get(path);
    left.delete(path);
    if (!bytes) return undefined;
    try {
      return read(bytes);
    } catch (error) {
      if (error instanceof Malformed) throw new Malformed(`${path}: ${error.message}`);
      throw error;
    }
  };
  const needed = <T>(path: string, read: (bytes: Uint8Array) => T): T => {
    const value = optional(path, read);
    if (value === undefined) throw new Malformed(`${path} is missing`);
    return value;
  };
  const checkpoint = needed(PATHS.checkpoint, textOf);
  const growth = (bytes: Uint8Array): Growth => {
    const { oldSize, proof, checkpoint: to } = parseAddCheckpoint(bytes);
    if (to !== checkpoint) throw new Malformed('it leads to another checkpoint than that of the bundle');
    return { oldSize, proof };
  };
  const proof = (index: bigint) => (bytes: Uint8Array) => {
    const read = parseLogProof(bytes);
    if (read.index !== index || read.extra) throw new Malformed('it is not the proof of this index alone');
    return read;
  };

  const leaves = needed(PATHS.leaves, linesOf);
  const indexes = indexesIn(files, proofPath);
  if (indexes.length !== leaves.length)
    throw new Malformed(
      `there are ${leaves.length} leaves and ${indexes.length} proofs: a file proofs/<index>.tlog-proof, or a line of events.ndjson, was taken away or added`,
    );
  const receipts = indexesIn(files, receiptPath);
  const priorNote = optional(PATHS.prior, textOf);
  const consistency = optional(PATHS.consistency, growth);
  if ((priorNote === undefined) !== (consistency === undefined)) throw new Malformed('prior.note and consistency.txt belong together');
  const openings = optional(PATHS.openings, openingsOf);
  const historyKeys = optional(PATHS.historyKeys, historyKeysOf);
  const parts: BundleParts = {
    scope,
    leaves: indexes.map((index, at) => {
      const { path, checkpoint: under } = needed(proofPath(index), proof(index));
      if (under !== checkpoint)
        throw new Malformed(`checkpoint.note is not the checkpoint that ${proofPath(index)} is under: one of them was changed`);
      return { index, text: leaves[at] ?? '', path };
    }),
    checkpoint,
    receipts: receipts.map((index) => {
      needed(receiptPath(index), proof(index));
      return { index, proof: needed(receiptPath(index), textOf), consistency: needed(receiptConsistencyPath(index), growth) };
    }),
    ...(priorNote !== undefined && consistency ? { prior: { checkpoint: priorNote, consistency } } : {}),
    statements: needed(PATHS.statements, (bytes) => linesOf(bytes).map(statementOf)),
    ...(openings ? { openings } : {}),
    policies: named(files, policyPath).map((sha256) => needed(policyPath(sha256), (bytes) => textWithHash(bytes, sha256))),
    ...(historyKeys ? { historyKeys } : {}),
    code: new Map(named(files, codePath).map((sha256) => [sha256, needed(codePath(sha256), (bytes) => textWithHash(bytes, sha256))])),
    histories: new Map(named(files, historyPath).map((run) => [run, needed(historyPath(run), (bytes) => bytes)])),
    trust: {
      policy: needed(PATHS.trustPolicy, textOf),
      verifierKey: needed(PATHS.verifierKey, pemOf),
      exportKey: needed(PATHS.exportKey, textOf).trimEnd(),
    },
  };
  for (const other of [PATHS.verify, PATHS.readme]) left.delete(other);
  const [stranger] = left;
  if (stranger !== undefined) throw new Malformed(lonely(stranger) ?? `${stranger} was added: a bundle holds no such file`);
  return parts;
}

/** Which file is missing, when one is left over that only goes with it. */
function lonely(stranger: string): string | undefined {
  const index = indexesIn(new Map([[stranger, Buffer.alloc(0)]]), receiptConsistencyPath)[0];
  return index === undefined ? undefined : `${receiptPath(index)} is missing`;
}

/** What stands for the varying part in the names of these files. */
function named(files: Files, pathOf: (name: string) => string): string[] {
  const [before = '', after = ''] = pathOf('\n').split('\n');
  return [...files.keys()]
    .filter((path) => path.startsWith(before) && path.endsWith(after))
    .map((path) => path.slice(before.length, path.length - after.length));
}

function indexesIn(files: Files, pathOf: (index: bigint) => string): bigint[] {
  const found = named(files, (name) => pathOf(0n).replace('0', name)).map((name) => readDecimal(name));
  if (!found.every((index) => index !== undefined)) throw new Malformed('the name of a proof is the index of its leaf');
  return found.toSorted((a, b) => (a < b ? -1 : 1));
}

/** A public key in the one form that a program writes it: other text of the same key would be a change that nobody sees. */
function pemOf(bytes: Uint8Array): string {
  const text = textOf(bytes);
  const key = verifierKeyOf(text);
  if (key?.export({ type: 'spki', format: 'pem' }).toString() !== text) throw new Malformed('it is no Ed25519 public key in PEM');
  return text;
}

function linesOf(bytes: Uint8Array): string[] {
  const text = textOf(bytes);
  if (text === '') return [];
  if (!text.endsWith('\n')) throw new Malformed('its last line was cut');
  return text.slice(0, -1).split('\n');
}

function textWithHash(bytes: Uint8Array, sha256: string): string {
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw new Malformed('its name is not its SHA-256');
  return textOf(bytes);
}

function statementOf(line: string): BundleParts['statements'][number] {
  const { text, signature, ...more } = members(parseCanonical(line));
  const bytes = typeof signature === 'string' ? readBase64(signature) : undefined;
  if (typeof text !== 'string' || !bytes || Object.keys(more).length > 0) throw new Malformed('a line is a text and its signature');
  return { text, signature: bytes };
}

function openingsOf(bytes: Uint8Array): NonNullable<BundleParts['openings']> {
  return Object.entries(members(parseCanonical(bytes))).map(([commitment, opening]) => {
    const { salt, value } = members(opening);
    const read = typeof salt === 'string' ? readBase64(salt) : undefined;
    if (!read || typeof value !== 'string') throw new Malformed('an opening is a salt and a value');
    return { commitment, salt: read, value };
  });
}

function historyKeysOf(bytes: Uint8Array): HistoryKeyGiven[] {
  const all = parseCanonical(bytes);
  if (!Array.isArray(all)) throw new Malformed('a list of keys is missing');
  return all.map((one: Json) => {
    const { keyId, namespace, workflowId, key, ...more } = members(one);
    const texts = [keyId, namespace, workflowId, key];
    if (!texts.every((text) => typeof text === 'string') || Object.keys(more).length > 0)
      throw new Malformed('a key of a history has an id, a namespace, a workflow and its bytes');
    return { keyId, namespace, workflowId, key } as HistoryKeyGiven; // four texts, as was just seen
  });
}

function members(value: Json): { readonly [key: string]: Json } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Malformed('a JSON object is missing');
  return value as { readonly [key: string]: Json };
}
