import type { KeyObject } from 'node:crypto';
import type { Database } from '#db';
import type { CertificateTrust } from '#evidence/certificate-path.ts';
import type { Metadata } from '#evidence/fido-metadata.ts';
import type { RelyingParty } from '#evidence/signed-statement.ts';
import type { PinnedPublishers } from '#domain/policy-publication.ts';
import type { ComputerAccounts } from '#activities/directory/computer-account.ts';
import type { Arrivals } from '#activities/directory/arrivals.ts';
import type { Sites } from '#activities/directory/sites.ts';
import type { WrongTries } from '#activities/directory/wrong-tries.ts';
import type { Opener } from '#activities/open-sealed.ts';
import type { VerifierKeys } from './keys.ts';
import type { People } from './people.ts';

/** Roles of the console and the directory groups that give them. */
export type RoleGroups = Readonly<
  Record<'approver' | 'security-officer' | 'help-desk' | 'auditor' | 'administrator' | 'operator', readonly string[]>
>;

/** What the verifier's steps work with. Built by its entry; the tests bring their own. */
export interface VerifierDeps {
  db: Database;
  people: People;
  opener: Opener;
  keys: VerifierKeys;
  roleGroups: RoleGroups;
  /** Whose keys count, and on pages of which origins they may be used. */
  relyingParty: RelyingParty;
  /** Whether the site has a mail relay. */
  tellsByMail: boolean;
  /** Whose smart cards count, and what was revoked of them, read when it is asked; undefined where no cards are taken. */
  cards: () => CertificateTrust | undefined;
  /** This process's own list of models of keys, read when it is asked; undefined where none was brought. */
  metadata: () => Metadata | undefined;
  /** Pinned Ed25519 key of the card listener; without it no claimant shows a card. */
  cardListenerKey?: KeyObject | undefined;
  /** Where a change of a password has come to. */
  arrivals: Arrivals;
  /** Where an address stands. */
  sites: Sites;
  /** The people as a controller near this site shows them. */
  peopleNear: (site: string | undefined) => People;
  /** What the controllers count of wrong passwords. */
  tries: WrongTries;
  /** The accounts that computers have in the directory. */
  computers: ComputerAccounts;
  /** This process's own copy of who may publish policies, read when it is asked. */
  pinnedPublishers: () => PinnedPublishers;
}

/** Name of this process in leaves. */
export const VERIFIER = 'verifier';
/** The account of a decoy in signed statements and dummy statements: the nil UUID (RFC 9562 §5.9), which no directory gives. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';
