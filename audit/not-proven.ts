import { createHash } from 'node:crypto';
import type { BundleParts } from './bundle-parts.ts';
import type { Auditor } from './verify-bundle.ts';

/** What even a sound verdict does not prove, and how somebody could know it. Printed with every verdict: no scheme detects these. */
export function notProven(
  { scope, trust, openings, histories, checkpoint }: BundleParts,
  { verifierKey, exportKey, held }: Auditor,
): string[] {
  const fingerprint = createHash('sha256').update(trust.verifierKey).digest('hex');
  return [
    ...(verifierKey
      ? []
      : [
          `That the verifier's key in the bundle is the bank's (sha256sum of trust/verifier.pem: ${fingerprint}). Compare it with the minutes of the key ceremony, or name your copy with --verifier-key.`,
        ]),
    ...(exportKey ? [] : [`Who exported the bundle: ${trust.exportKey}. Compare it, or name your copy with --export-key.`]),
    ...othersSaw(checkpoint, held),
    ...('reset' in scope
      ? ['That no leaf of this reset came after the last one in the bundle. A bundle of a range of time shows every leaf in it.']
      : []),
    'That the log and the quorum of its witnesses did not conspire from the beginning. Only checkpoints that somebody else kept (paper, write-once media, older bundles) show that.',
    'That what never came into the log did not happen. Effects outside of it show in the domain controllers’ own records (events 4724 and 4723, pwdLastSet, replication metadata): reconcile them.',
    'That a leaf which was dropped before any witness saw a tree with it did not exist. No write is among these, since its intent has to be witnessed first, but for one under break-glass.',
    'That the people were who their proofs and factors say: a code that was given away, or a verifier whose key was stolen, signs like an honest one.',
    'What the directory said at the time: that approvers were members of the groups that the rule names, that no two accounts were one person’s but those that the verifier froze as such, that the account was enabled. The verifier and the writer each asked it themselves.',
    'What an approver’s screen showed when they decided: their key signed the lines that the page was to show (an opening discloses them), and a key has no screen of its own.',
    'That the root that a smart card was issued under is the bank’s, and that the directory tied the card to its person: compare the root that the verdict names with the bank’s own. Verifier and writer each checked both.',
    'That a claimant’s smart card used its key: the card listener saw that in a TLS handshake, of which nothing can be kept, and is believed in it. Compare the key that the verdict names with the listener’s own.',
    'That each key was given to the person it is enrolled for. The leaf authenticator.enrolled says when, and what confirmed it; the verifier is believed in that.',
    ...(histories.size === 0
      ? []
      : [
          'What stands in the sealed histories, and that the keys given out with them open them: countersign replay --bundle does that, and plays them again with their code.',
        ]),
    ...(openings ? [] : ['To whom the commitments (members ending in _c) belong: the openings were left out.']),
  ];
}

function othersSaw(checkpoint: string, held: string | undefined): string[] {
  const rest = 'compare checkpoint.note with other auditors.';
  if (held === undefined)
    return [`That the log is the one that others were shown. Name a checkpoint that you hold with --checkpoint; ${rest}`];
  if (held !== checkpoint) return [];
  return [
    `That the log is the one that others were shown: the checkpoint that you named is the bundle's own. Name one that you held before; ${rest}`,
  ];
}
