import { createHash } from 'node:crypto';
import { canonical, parseCanonical, type Json } from './jcs.ts';
import { Malformed } from './malformed.ts';
import { openNote, printNote, signText } from './signed-note.ts';
import type { Signer } from './signer-key.ts';
import type { VerifierKey } from './verifier-key.ts';
import { printBytes } from './wire-text.ts';
import type { Files } from './zip.ts';

/**
 * The manifest of a bundle: an RFC 8785 text with the size and SHA-256 (hexadecimal) of every other file, and a signed note
 * (C2SP signed-note v1.0.0) over its hash by whoever exported the bundle. It says who handed what out and that nothing
 * was lost on the way; what the files prove, they prove by themselves.
 */
export interface Manifest {
  readonly bundle: typeof FORMAT;
  readonly scope: Scope;
  readonly files: { readonly [path: string]: { readonly sha256: string; readonly size: number } };
}

/** One reset, or every leaf with an index from `from` to before `to`, with the whole of each reset that they touch. */
export type Scope = { readonly reset: string } | { readonly from: string; readonly to: string };

const FORMAT = 'countersign.bundle/v1';
export const MANIFEST = 'manifest.json';
export const MANIFEST_NOTE = 'manifest.note';

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes);
const noteText = (manifest: string | Uint8Array): string => `${FORMAT}\n${printBytes(sha256(manifest).digest())}\n`;

/** The files with manifest and note added, signed by the export key. */
export function withManifest(files: Files, scope: Scope, exporter: Signer): Map<string, Uint8Array> {
  const entries = [...files].map(([path, bytes]) => [path, { sha256: sha256(bytes).digest('hex'), size: bytes.length }] as const);
  const text = canonical({ bundle: FORMAT, scope: { ...scope }, files: Object.fromEntries(entries) });
  const note = noteText(text);
  return new Map([
    ...files,
    [MANIFEST, Buffer.from(text)],
    [MANIFEST_NOTE, Buffer.from(printNote({ text: note, signatures: [signText(note, exporter)] }))],
  ]);
}

/** Throws Malformed, also when it is not in the form of RFC 8785. */
export function parseManifest(bytes: Uint8Array): Manifest {
  const read = parseCanonical(bytes);
  if (!isObject(read) || read['bundle'] !== FORMAT) throw new Malformed(`the manifest is not one of ${FORMAT}`);
  const { scope, files } = read;
  if (Object.keys(read).length !== 3 || !isScope(scope) || !isObject(files) || !Object.values(files).every(isEntry))
    throw new Malformed('the manifest does not name a scope, and size and SHA-256 of each file');
  return read as unknown as Manifest; // its members were looked at on the lines above
}

/** What differs between the manifest and the files that are there, a sentence each. */
export function differences({ files: named }: Manifest, files: Files): string[] {
  const there = [...files.keys()].filter((path) => path !== MANIFEST && path !== MANIFEST_NOTE);
  const found = Object.entries(named).flatMap(([path, { sha256: hash, size }]) => {
    const bytes = files.get(path);
    if (!bytes) return [`${path} is missing`];
    return bytes.length === size && sha256(bytes).digest('hex') === hash ? [] : [`${path} is not the file that was exported`];
  });
  return [...found, ...there.filter((path) => !Object.hasOwn(named, path)).map((path) => `${path} was added`)];
}

/** Whether this export key has signed the manifest, byte for byte. Never throws. */
export function isSigned(manifest: Uint8Array, note: Uint8Array, exporter: VerifierKey): boolean {
  const opened = openNote(note, [exporter]);
  return opened.ok && opened.unknown.length === 0 && opened.text === noteText(manifest);
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isScope(value: Json | undefined): boolean {
  if (!isObject(value)) return false;
  const keys = Object.keys(value).toSorted().join(' ');
  return (keys === 'reset' || keys === 'from to') && Object.values(value).every((member) => typeof member === 'string');
}

function isEntry(value: Json): boolean {
  if (!isObject(value) || Object.keys(value).length !== 2) return false;
  const { sha256: hash, size } = value;
  return typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash) && typeof size === 'number' && size >= 0;
}
