import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layout } from '#ops/paths.ts';
import { identities } from '#ops/setup/identities.ts';
import { ownedFile } from '#ops/setup/owned-files.ts';
import { childPart } from '#ops/stack/child.ts';
import { freePort } from '#ops/stack/ports.ts';
import { processSpec } from '#ops/stack/process-spec.ts';
import type { TestStack } from './stack.ts';

/** A second API beside the stack's own, with its keys and settings, for the same origin at another port: as an operator runs two behind a balancer. */
export async function secondApi({ state }: TestStack): Promise<{ port: number; stop: () => Promise<void> }> {
  const { api } = identities();
  const settings = JSON.parse(readFileSync(layout(state).settingsFile('api'), 'utf8')) as {
    listen: { host: string; port: number };
    devices: { listen: object };
  };
  const [port, devicePort] = [await freePort(), await freePort()];
  const file = join(state, 'api', 'settings-second.json');
  const devices = { ...settings.devices, listen: { ...settings.devices.listen, port: devicePort } };
  ownedFile(file, JSON.stringify({ ...settings, listen: { ...settings.listen, port }, devices }), api);
  const spec = processSpec(state, 'api', api, { COUNTERSIGN_SETTINGS: file, COUNTERSIGN_TESTING: '1' });
  const part = childPart({ ...spec, name: 'api-second', logFile: layout(state).log('api-second') });
  const running = await part.launch(() => {});
  return { port, stop: async () => void (await part.end(running)) };
}
