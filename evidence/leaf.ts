import { createHash, randomBytes } from 'node:crypto';
import { canonical, type Json } from './jcs.ts';
import { leafHash } from './merkle-tree.ts';

/**
 * A leaf: the RFC 8785 text of one thing that happened, at most 65,535 bytes. Its hash is that of a leaf in an RFC 6962
 * §2.1 tree, SHA-256(0x00 || text), so the log needs no second form. What each member answers
 * is NIST SP 800-53 AU-3: what (`type`, `do`), when (`t`), where (`by`, `wf`), from where (`src`), with which outcome, who
 * (`who`) and about whom (`target`). A member whose name ends in `_c` is a salted commitment to personal data. Numbers
 * that may pass 2^53 are decimal text.
 */
export interface LeafBody {
  readonly v: 1;
  /** UUID version 7. */
  readonly id: string;
  readonly type: string;
  readonly outcome: string;
  readonly reason?: string;
  /** Number of this leaf within its reset, from 1, and the hash (base64) of the one before; null for the first. */
  readonly wseq?: string;
  readonly prev?: string | null;
  readonly t: When;
  /** The process that wrote the leaf, and its release. */
  readonly by: { readonly process: string; readonly release: string };
  /** The workflow behind it, for whatever happened in one: a leaf and an event of a history can be laid side by side. */
  readonly wf?: Workflow;
  readonly who?: { readonly actor: ActorInLeaf };
  readonly target?: { readonly [key: string]: Json };
  readonly src?: { readonly [key: string]: Json };
  readonly policy?: { readonly sha256: string; readonly rule: string | null };
  readonly do?: { readonly [key: string]: Json };
}

/** `wall` is RFC 3339 UTC; `mono_ns` counts nanoseconds since the boot that `boot` names, so that a stepped clock shows. */
export interface When {
  readonly [key: string]: Json;
  readonly wall: string;
  readonly mono_ns: string;
  readonly boot: string;
  /** Whose clock: the host's. What keeps that clock right is said by its own leaves. */
  readonly src: 'host';
}

export interface Workflow {
  readonly ns?: string;
  readonly id: string;
  readonly run: string | null;
  readonly update?: string;
  readonly activity?: string;
  readonly attempt?: string;
}

/** Who acted: a person by directory identity and by what they showed, a process, somebody at the portal, or the machine's operator. */
export type ActorInLeaf =
  | { readonly type: 'person'; readonly guid: string; readonly sid: string | null; readonly auth?: AuthInLeaf }
  | { readonly type: 'service'; readonly name: string }
  | { readonly type: 'claimant'; readonly auth?: AuthInLeaf }
  | { readonly type: 'operator'; readonly uid: string };

/**
 * What the actor authenticated with. `aal` is the level of NIST SP 800-63B-4 that it reaches, `cred` the row of what was
 * used, for a smart card the SHA-256 of its certificate in hex, null for a password.
 */
export interface AuthInLeaf {
  readonly [key: string]: Json;
  readonly method: string;
  readonly aal: '1' | '2' | '3';
  readonly cred: string | null;
}

export const MAX_LEAF_BYTES = 65_535;

/** Canonical text and RFC 6962 leaf hash. Throws RangeError when the leaf is too long, TypeError when a member is undefined. */
export function encodeLeaf(body: LeafBody): { text: string; hash: Buffer } {
  const text = canonical(body as unknown as Json); // an interface has no index signature; canonical() refuses whatever is no JSON
  if (Buffer.byteLength(text) > MAX_LEAF_BYTES) throw new RangeError('a leaf may have 65,535 bytes at most');
  return { text, hash: leafHash(text) };
}

/** A salted commitment to personal data: base64(SHA-256(0x02 || 16-byte salt || RFC 8785 text)). The opening can be erased without breaking the leaf. */
export function commit(value: Json): { commitment: string; salt: Buffer } {
  const salt = randomBytes(16);
  return { commitment: commitment(value, salt), salt };
}

export function commitment(value: Json, salt: Uint8Array): string {
  return createHash('sha256').update(Buffer.of(2)).update(salt).update(canonical(value)).digest('base64');
}
