import { createHash } from 'node:crypto';
import { canonical } from '#evidence/jcs.ts';
import { printLogProof } from '#evidence/log-proof.ts';
import { withManifest } from '#evidence/manifest.ts';
import type { Signer } from '#evidence/signer-key.ts';
import { printAddCheckpoint } from '#evidence/witness-protocol.ts';
import { printZip } from '#evidence/zip.ts';
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
} from './bundle-parts.ts';
import { readme } from './readme.ts';

/**
 * The bytes of a bundle: a zip whose manifest the export key has signed. The same parts and key give the same bytes, so
 * two exports can be compared by their hash. `verify` is the program verify.mjs. Throws RangeError beyond zip's limits.
 */
export function packBundle(parts: BundleParts, verify: Uint8Array, exporter: Signer): Buffer {
  const files = new Map<string, Uint8Array>();
  const put = (path: string, text: string | Uint8Array): unknown => files.set(path, typeof text === 'string' ? Buffer.from(text) : text);
  const { checkpoint, prior, openings, historyKeys, trust } = parts;
  // A consistency proof is written as the request by which any witness could be asked about it (tlog-witness).
  const growth = ({ oldSize, proof }: Growth): string => printAddCheckpoint({ oldSize, proof, checkpoint });

  put(PATHS.leaves, lines(parts.leaves.map(({ text }) => text)));
  for (const { index, path } of parts.leaves) put(proofPath(index), printLogProof({ index, path, checkpoint }));
  put(PATHS.checkpoint, checkpoint);
  for (const { index, proof, consistency } of parts.receipts) {
    put(receiptPath(index), proof);
    put(receiptConsistencyPath(index), growth(consistency));
  }
  if (prior) {
    put(PATHS.prior, prior.checkpoint);
    put(PATHS.consistency, growth(prior.consistency));
  }
  put(
    PATHS.statements,
    lines(parts.statements.map(({ text, signature }) => canonical({ text, signature: signature.toString('base64') })).toSorted()),
  );
  if (openings)
    put(
      PATHS.openings,
      canonical(Object.fromEntries(openings.map(({ commitment, salt, value }) => [commitment, { salt: salt.toString('base64'), value }]))),
    );
  for (const text of parts.policies) put(policyPath(createHash('sha256').update(text).digest('hex')), text);
  for (const [run, history] of parts.histories) put(historyPath(run), history);
  if (historyKeys) put(PATHS.historyKeys, canonical(historyKeys.map((key) => ({ ...key }))));
  for (const [sha256, code] of parts.code) put(codePath(sha256), code);
  put(PATHS.trustPolicy, trust.policy);
  put(PATHS.verifierKey, trust.verifierKey);
  put(PATHS.exportKey, `${trust.exportKey}\n`);
  put(PATHS.verify, verify);
  put(PATHS.readme, readme);
  return printZip(withManifest(files, parts.scope, exporter));
}

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
