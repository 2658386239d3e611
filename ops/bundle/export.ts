import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { packBundle } from '#audit/pack-bundle.ts';
import { readSecretLine } from '#config';
import { openDatabase } from '#db';
import { Malformed } from '#evidence/malformed.ts';
import { parseSigner } from '#evidence/signer-key.ts';
import { printVerifierKey } from '#evidence/verifier-key.ts';
import { recordExport } from '../record-export.ts';
import { Sentence } from '../sentence.ts';
import { historiesFolder, workflowCodeFolder } from '../setup/archives.ts';
import { auditorUrlFile } from '../setup/database-roles.ts';
import { historyKeysFile, openHistoryKeys } from '../setup/history-keys.ts';
import { exportKeyFile, tilesFolder, trustPolicyFile, verifierKeyCopy } from '../setup/log-keys.ts';
import { verifyProgram } from '../setup/verify-program.ts';
import { collect, sizeOf, type CollectWhat } from './collect.ts';
import { archivedCode, archivedHistories } from './histories.ts';
import { openTiles } from './tiles.ts';

/**
 * The bundle of a reset or of a time, from the log of this state folder. Reads with the rights of the auditor; the one
 * thing that it writes is the leaf that says what was exported, before anybody holds it. Throws a sentence.
 */
export async function exportBundle(state: string, what: CollectWhat): Promise<Buffer> {
  if (!existsSync(exportKeyFile(state))) throw new Sentence('There is no export key yet. Run npm start once, and this as the same user.');
  if (what.prior !== undefined) checkPrior(what.prior);
  const exporter = parseSigner(readSecretLine(exportKeyFile(state)));
  const db = openDatabase(readSecretLine(auditorUrlFile(state)), 1);
  try {
    const parts = await collect(
      {
        db,
        tiles: openTiles(tilesFolder(state)),
        findHistory: archivedHistories(historiesFolder(state)),
        findCode: archivedCode(workflowCodeFolder(state)),
        keys: openHistoryKeys(historyKeysFile(state, 'worker')),
        trust: {
          policy: readFileSync(trustPolicyFile(state), 'utf8'),
          verifierKey: readFileSync(verifierKeyCopy(state), 'utf8'),
          exportKey: printVerifierKey(exporter.verifier),
        },
      },
      what,
    );
    const bundle = packBundle(parts, await verifyProgram(state), exporter);
    const sha256 = createHash('sha256').update(bundle).digest('hex');
    await recordExport(state, { exported: scopeOf(what.asked), openings: what.openings, sha256 });
    // A crash here leaves a leaf of a bundle that nobody got: it says more than happened, never less.
    return bundle;
  } finally {
    await db.$disconnect();
  }
}

function checkPrior(note: string): void {
  try {
    sizeOf(note);
  } catch (error) {
    if (error instanceof Malformed) throw new Sentence(`The checkpoint that you hold cannot be read: ${error.message}.`);
    throw error;
  }
}

const scopeOf = (asked: CollectWhat['asked']): Record<string, string> =>
  'reset' in asked ? asked : { from: asked.from.toISOString(), to: asked.to.toISOString() };
