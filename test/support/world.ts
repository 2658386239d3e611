import { after, before } from 'node:test';
import type { Directory } from '#activities/directory/connect.ts';
import { asAdministrator } from './directory.ts';
import { cast, type Cast } from './people.ts';
import { useStack, type TestStack } from './stack.ts';
import { server, type Server } from './temporal.ts';

/** Everything a scene plays in: the stack, its people, its Temporal server, its directory as the Administrator sees it. */
export interface World {
  stack: TestStack;
  people: Cast;
  temporal: Server;
  directory: Directory;
  resetId: (reference: string) => Promise<string>;
}

/**
 * Opens the world before the file's first test and closes it after its last; `prepare` is played first in it. Its fields
 * are there inside tests only.
 */
export function useWorld(prepare: (world: World) => Promise<void> = async () => {}): World {
  const world = {} as World; // filled below, before any test runs
  before(async () => {
    world.stack = await useStack();
    world.people = await cast(world.stack.state);
    world.temporal = await server(world.stack.run);
    world.directory = asAdministrator(world.stack.state);
    world.resetId = async (reference) => {
      const [row] = await world.people.sql<{ id: string }>('SELECT id FROM reset WHERE reference = $1', [reference]);
      if (!row) throw new Error(`there is no reset ${reference}`);
      return row.id;
    };
    await prepare(world);
  });
  after(async () => {
    await world.directory?.close();
    await world.temporal?.close();
    await world.people?.close();
  });
  return world;
}
