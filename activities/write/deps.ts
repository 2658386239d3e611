import type { KeyObject } from 'node:crypto';
import type { Database } from '#db';
import type { PinnedPublishers } from '#domain/policy-publication.ts';
import type { Controller, Directory } from '../directory/connect.ts';
import { DirectoryUnavailable } from '../directory/errors.ts';
import type { CertificateTrust } from '#evidence/certificate-path.ts';
import type { Metadata } from '#evidence/fido-metadata.ts';
import type { RelyingParty } from '#evidence/signed-statement.ts';
import type { TrustPolicy } from '#evidence/trust-policy.ts';
import type { Opener } from '../open-sealed.ts';
import type { HashSealer } from './hash-sealer.ts';
import type { HaltMemory } from './halts.ts';

/** Everything a writer works with. Built by its entry; the tests bring their own. */
export interface WriterDeps {
  db: Database;
  /** Which accounts this writer serves; it refuses the others whatever the worker says. */
  writerClass: 'staff' | 'privileged';
  /** The directory through whichever controller answers, with the writer's own bind. */
  directory: Directory;
  /** The directory through this controller alone, also when DNS names it no more; undefined when it is no controller of the settings or of the domain. */
  directoryOn: (controllerUrl: string) => Directory | undefined;
  /** Pinned Ed25519 key of the verifier. */
  verifierKey: KeyObject;
  /** Whose keys count as approvers' keys, and on pages of which origins they were used. */
  relyingParty: RelyingParty;
  /** Its own copy of whose smart cards count and what was revoked of them, read when it is asked. */
  cards: () => CertificateTrust | undefined;
  /** Its own list of models of keys, read when it is asked; undefined where none was brought. */
  metadata: () => Metadata | undefined;
  /** Pinned Ed25519 key of the card listener; without it a claimant's smart card counts for nothing here. */
  cardListenerKey?: KeyObject | undefined;
  /** Its own copy of who may publish policies, read when it is asked. */
  pinnedPublishers: () => PinnedPublishers;
  /** Its own copy of which log, which witnesses and which quorum count. */
  trustPolicy: TrustPolicy;
  /** How old the cosignatures over an intent may be. */
  intentSeconds: number;
  /** The newest emergency stop or its lifting that this writer has seen. */
  halts: HaltMemory;
  /** Opens what the API sealed to this writer. */
  opener: Opener;
  /** Seals hashes of new passwords to devices; the writer of protected accounts has none. */
  hashSealer?: HashSealer | undefined;
  /** Seconds after a claim before its outcome is read back: longer than any write of that claim can still be under way. */
  settleSeconds: number;
}

export type WriterName = 'writer-staff' | 'writer-privileged';

/** The name of this process in leaves, and as the recipient of sealed values. */
export function writerName(deps: Pick<WriterDeps, 'writerClass'>): WriterName {
  return `writer-${deps.writerClass}`;
}

/**
 * The controller that a claim names, alone. Its URL is all that is needed to reach one that DNS named once, so it is asked for its
 * claim also when it left the list, and after a restart. Throws DirectoryUnavailable when it stood in the settings and does no more.
 */
export function controllerOf(deps: Pick<WriterDeps, 'directoryOn'>, url: string): { directory: Directory; controller: Controller } {
  const directory = deps.directoryOn(url);
  const controller = directory?.settings.controllers.find((one) => one.url === url);
  if (!directory || !controller) throw new DirectoryUnavailable('the controller that was written to is not in the settings');
  return { directory, controller };
}
