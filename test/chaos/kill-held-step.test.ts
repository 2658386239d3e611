import { after } from 'node:test';
import { useWorld } from '#test/support/world.ts';
import { judgeControllerScenes, playControllerScenes } from './controller-scenes.ts';
import { judgePostgresScenes, playPostgresScenes } from './postgres-scenes.ts';
import { judgeProcessScenes, playProcessScenes } from './process-scenes.ts';

/**
 * Three tables of kills in the middle of a step. All are played before the first is judged, and no scene waits for its
 * end before the next begins: a lost write is settled after half a minute, and so the test waits for all of them once.
 *
 * @alone A step is held in the instant between two commits.
 */
const dismissals: (() => Promise<void>)[] = [];
const world = useWorld(async (world) => {
  for (const play of [playPostgresScenes, playControllerScenes, playProcessScenes]) dismissals.push(await play(world));
});
after(async () => void (await Promise.all(dismissals.map((dismiss) => dismiss()))));

judgePostgresScenes(world);
judgeControllerScenes(world);
judgeProcessScenes(world);
