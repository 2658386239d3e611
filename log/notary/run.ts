import { hashesFromTiles, tilePath } from '#evidence/tiles.ts';
import type { Signer } from '#evidence/signer-key.ts';
import type { TrustPolicy } from '#evidence/trust-policy.ts';
import type { Database } from '#db';
import { openHead, type Head } from './head.ts';
import { publish } from './publish.ts';
import { recordWitnesses } from './record-witnesses.ts';
import { sequence } from './sequence.ts';
import type { TileFolder } from './tile-folder.ts';
import { openWitnesses } from './witnesses.ts';
import { removeOldPartials, writeTiles } from './write-tiles.ts';

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
   * Takes what waits, and publishes it when the quorum cosigns: `idle` when nothing waited, `more` when more may wait
   * already, `unwitnessed` when the quorum was not there. Throws Overtaken, Behind and Bent, which must end the notary,
   * and whatever disk and database throw, after which the next turn goes on where this one stopped.
   */
  turn(): Promise<Turn>;
}

/**
 * Opens the log where it was left: head from the database, tiles from the entries, the checkpoint file from the head; then
 * compares with what the witnesses last saw. Throws Behind when one has seen more, or another history.
 */
export async function openNotary(deps: NotaryDeps): Promise<Notary> {
  const { db, signer, policy, folder } = deps;
  const origin = signer.verifier.name;
  if (!policy.logs.some(({ key }) => key.name === origin && key.publicKey.equals(signer.verifier.publicKey)))
    throw new Error(`The trust policy does not name the log ${origin} with this key. Whoever trusts the policy would not trust this log.`);
  const witnesses = openWitnesses(policy);
  const views = recordWitnesses(db, policy);
  let head = await openHead(db, signer);
  let publishedAt = 0;
  // Tiles of the published size were on the disk before it was published; what came later is made again.
  let tiled = head.publishedSize;
  if (head.published !== null) folder.writeCheckpoint(head.published);
  const hashesOf = (size: bigint) => hashesFromTiles(size, (tile) => folder.read(tilePath(tile)));

  const tile = async (to: Head): Promise<void> => {
    await writeTiles(db, folder, tiled, to.size);
    tiled = to.size;
  };
  const cosign = async (): Promise<boolean> => {
    const { size, signed, publishedSize } = head;
    const hashOf = hashesOf(size);
    const note = await witnesses.cosign({ signed, size, hashOf });
    await views.record(witnesses.answers, note !== undefined, size);
    if (note === undefined) return false;
    await publish(db, folder, { origin, from: publishedSize, size, note, hashOf });
    removeOldPartials(folder, publishedSize, size);
    head = { ...head, publishedSize: size, published: note };
    publishedAt = Date.now();
    return true;
  };

  await tile(head);
  await cosign();
  return {
    async turn() {
      const before = head.size;
      head = await sequence(db, signer, head);
      await tile(head);
      const isDue = head.size > head.publishedSize || Date.now() - publishedAt > deps.refreshSeconds * 1000;
      if (!isDue) return 'idle';
      if (!(await cosign())) return 'unwitnessed';
      return head.size > before ? 'more' : 'idle';
    },
  };
}
