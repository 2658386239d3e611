import type { Signer } from '#evidence/signer-key.ts';
import { hashesFromTiles, tilePath } from '#evidence/tiles.ts';
import type { TrustPolicy } from '#evidence/trust-policy.ts';
import type { Database } from '#db';
import { openHead, readHead, signedAnew, type Head } from './head.ts';
import { keepUnwitnessed } from './keep-unwitnessed.ts';
import { placeCheckpoint, standingTiles } from './open-folder.ts';
import { publish } from './publish.ts';
import { recordWitnesses } from './record-witnesses.ts';
import { sequence } from './sequence.ts';
import { partialsOf, removeOldPartials } from './standing-tiles.ts';
import type { TileFolder } from './tile-folder.ts';
import { Behind, openWitnesses } from './witnesses.ts';
import { writeTiles, type Entry } from './write-tiles.ts';

export interface NotaryDeps {
  db: Database;
  signer: Signer;
  policy: TrustPolicy;
  folder: TileFolder;
  /** Cosignatures older than this many seconds are asked for anew, so that whoever looks sees that the log is alive. */
  refreshSeconds: number;
}

export type Turn = 'idle' | 'more' | 'unwitnessed';

export interface Notary {
  /**
   * Takes what waits, and publishes it when the quorum cosigns: `idle` when that was all, `more` when more waits
   * already, `unwitnessed` when the quorum was not there. Throws Overtaken, Behind and Bent, which must end the notary,
   * and whatever disk and database throw, after which the next turn goes on where this one stopped.
   */
  turn(): Promise<Turn>;
}

/**
 * Opens the log where it was left: head from the database, tiles from the entries, the checkpoint file from the head. Throws
 * Behind when a witness, or the folder, has seen more of this log than the database holds, or another history.
 */
export async function openNotary(deps: NotaryDeps): Promise<Notary> {
  const { db, signer, policy, folder } = deps;
  const origin = signer.verifier.name;
  if (!policy.logs.some(({ key }) => key.name === origin && key.publicKey.equals(signer.verifier.publicKey)))
    throw new Error(`The trust policy does not name the log ${origin} with this key. Whoever trusts the policy would not trust this log.`);
  const logs = policy.logs.map(({ key }) => key).filter(({ name }) => name === origin);
  const witnesses = openWitnesses(policy, logs);
  const views = recordWitnesses(db, policy);
  const hashesOf = (size: bigint) => hashesFromTiles(size, (tile) => folder.read(tilePath(tile)));
  let head = await signedAnew(db, signer, logs, await openHead(db, signer));
  let publishedAt = 0;
  /** Up to where the tiles stand in the folder. */
  let tiled = standingTiles(folder, head, logs, hashesOf);
  /** Sizes for which there may be partial tiles that a larger published tree makes needless. */
  let edges = [head.publishedSize];
  /** The last commit may have gone through though we were not told. */
  let isUnsure = false;

  const tile = async (inHand: readonly Entry[]): Promise<void> => {
    if (tiled === head.size) return;
    await writeTiles(db, folder, { from: tiled, to: head.size, inHand });
    tiled = head.size;
    edges.push(tiled);
  };
  const place = (): void => placeCheckpoint(folder, head, logs, { size: head.size, root: head.root, hashOf: hashesOf(head.size) });
  const cosign = async (everyone: boolean): Promise<boolean> => {
    const { size, root, signed, publishedSize } = head;
    const hashOf = hashesOf(size);
    const note = await witnesses.cosign({ signed, size, root, hashOf, everyone });
    await views.record(witnesses.answers, note !== undefined, size);
    if (note === undefined) {
      await keepUnwitnessed(db, { from: publishedSize, size, note: signed, hashOf });
      return false;
    }
    await publish(db, folder, { origin, from: publishedSize, size, note, hashOf });
    removeOldPartials(folder, new Set(edges.flatMap(partialsOf)), size);
    edges = [size];
    head = { ...head, publishedSize: size, published: note };
    publishedAt = Date.now();
    return true;
  };
  const turn = async (): Promise<Turn> => {
    if (isUnsure) head = await readAgain(db, head, origin);
    // Somebody took the folder away: all of it is written again.
    const isGone = head.published !== null && folder.checkpoint() === undefined;
    if (isGone) tiled = standingTiles(folder, head, logs, hashesOf);
    isUnsure = true;
    const next = await sequence(db, signer, head);
    isUnsure = false;
    head = next.head;
    await tile(next.taken);
    if (isGone) place();
    const isDue = head.size > head.publishedSize || Date.now() - publishedAt > deps.refreshSeconds * 1000;
    if (!isDue) return 'idle';
    if (!(await cosign(false))) return 'unwitnessed';
    return next.isAll ? 'idle' : 'more';
  };

  await tile([]);
  place();
  await cosign(true);
  return {
    async turn() {
      try {
        return await turn();
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') tiled = standingTiles(folder, head, logs, hashesOf);
        throw error;
      }
    },
  };
}

/** The head after a turn whose end is not known: as it was, or moved on by ourselves. Throws Behind when the database went back. */
async function readAgain(db: Database, known: Head, origin: string): Promise<Head> {
  const head = await readHead(db, origin);
  const wentBack = head.size < known.size || head.publishedSize < known.publishedSize;
  if (wentBack || (head.size === known.size && !head.root.equals(known.root)))
    throw new Behind('This notary', `${known.size} leaves`, head.size);
  return head;
}
