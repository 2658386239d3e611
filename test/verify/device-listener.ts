import { createPublicKey, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Express } from 'express';
import { Pool } from 'pg';
import type { AckMessage } from '#activities/device-contract.ts';
import { createAdmission } from '#api/admission.ts';
import { createDeviceApp } from '#api/device-app.ts';
import { createDeviceHub } from '#api/device-hub.ts';
import { noticeKeyOf } from '#api/device-listener.ts';
import { deviceServer } from '#api/device-server.ts';
import type { Engine } from '#api/engine.ts';
import { keyedHash } from '#api/keyed-hash.ts';
import { listen } from '#api/tls-server.ts';
import { readSecret } from '#config';
import { codeFromBytes } from '#domain/codes.ts';
import type { DeviceDeed } from '#domain/device.ts';
import { devicePurpose, deviceStatement } from '#domain/device-statement.ts';
import { OFFICER_TAG } from '#domain/joint-act.ts';
import { listenForChanges } from '#prisma/changes.ts';
import { anAuthority } from '#test/support/certificates.ts';
import { useDatabase, type TestDatabase } from '#test/support/database.ts';
import { newDevice, type TestDevice } from '#test/support/device.ts';
import { assertionOf, begun, PAGE } from './keys.ts';
import { REASON, type Officer } from './officers.ts';
import { identified, seal, verifierOver, type World } from './world.ts';

export interface ListeningWorld extends World {
  /** The database with the rights of a process. */
  as: TestDatabase['as'];
  /** Where it listens, the authority of its certificate, and what is served there. */
  listener: { devices: string; ca: string; app: Express; certFile: string; keyFile: string };
  /** A device with a new key, closed with the file. */
  device(name: string): Promise<TestDevice>;
  /** What an officer does about devices, signed with their key: the ticket, or the outcome. */
  deed(by: Officer, deed: DeviceDeed, about: string): Promise<string>;
  /** A reset of the account whose write is recorded. */
  written(account: { guid: string; samAccountName: string }): Promise<string>;
}

/**
 * The listener for devices over TLS and real tables with the API's own rights, and the verifier behind it. Between the two stands the
 * workflow engine in the stack; here each asks the other directly, as one that has all time.
 */
export async function useDeviceListener(): Promise<ListeningWorld> {
  const database = await useDatabase();
  const world = await verifierOver(database);
  const folder = mkdtempSync(join(tmpdir(), 'devices-'));
  const authority = await anAuthority(folder, 'devices');
  const { cert: certFile, key: keyFile } = await authority.issue('localhost');
  const log = { info: () => {}, warn: () => {}, error: (fields: object, message: string) => console.error(message, fields) };
  const pool = new Pool({ connectionString: database.urlOf('api'), max: 4 });
  pool.on('error', () => {});
  const admission = createAdmission(world.api, pool, { perSourcePerMinute: 100_000, perSitePerMinute: 100_000, unprovenCap: 100_000 });
  const changes = listenForChanges(database.urlOf('api'), log);
  const verifier = world.deps.keys.checking;
  const key = noticeKeyOf(createPublicKey(world.deps.keys.notice).export({ type: 'spki', format: 'pem' }));
  const hub = createDeviceHub({ db: world.api, changes, verifier, noticeKey: key.id });
  const engine = {
    run: (_workflow: string, _id: string, asked: never) => world.verifier.enrolDevice(asked),
    acknowledge: async (about: string, updateId: string, message: AckMessage) => {
      const ofReset = (await world.superuser.reset.count({ where: { id: about } })) > 0;
      return world.verifier.acknowledgeNotice({ ...message, ...(ofReset ? { reset: about } : { factors: about }), updateId });
    },
  } as unknown as Engine;
  const app = createDeviceApp({
    db: world.api,
    hash: keyedHash(randomBytes(32)),
    sealer: world.sealer,
    engine,
    admission,
    hub,
    verifier,
    noticeKeys: [key],
    writerKeys: [],
    stopping: new AbortController().signal,
    origin: 'https://localhost',
    observe: () => {},
    log,
  });
  const server = deviceServer(app, { certFile, keyFile }, readSecret, log);
  await listen(server, { host: '127.0.0.1', port: 0 });
  const run = { devices: `https://localhost:${(server.address() as AddressInfo).port}`, ca: authority.ca };
  const devices: TestDevice[] = [];
  after(async () => {
    for (const device of devices) device.close();
    hub.close();
    server.closeAllConnections();
    server.close();
    await changes.close();
    await admission.close();
    await pool.end();
    rmSync(folder, { recursive: true });
  });

  return {
    ...world,
    as: (role) => database.as(role),
    listener: { ...run, app, certFile, keyFile },
    async device(name) {
      const made = await newDevice(run, name);
      devices.push(made);
      return made;
    },
    async deed(by, deed, about) {
      const request = randomUUID();
      const ticket = codeFromBytes(randomBytes(16));
      const ceremony = await begun(world, by, devicePurpose(deed, about));
      const statement = deviceStatement(ceremony, { deed, about, reason: REASON });
      const confirmed = { ceremony: ceremony.ceremony, assertion: assertionOf(by.key, statement, PAGE, OFFICER_TAG) };
      const what = { deed, about, ...(deed === 'ticket' ? { ticket } : {}) };
      const value = { account: by.guid, ...what, reason: REASON, by: confirmed };
      const sealed = await seal(world, 'device-deed', request, value);
      const answer = await world.verifier.deviceDeed({ request, account: by.guid, sealed });
      if (answer.outcome === 'refused') return answer.code;
      return deed === 'ticket' ? ticket : 'done';
    },
    async written(account) {
      const { reset } = await identified(world, account.samAccountName);
      await world.superuser.writeClaim.create({
        data: {
          resetId: reset,
          ordinal: 1,
          accountGuid: account.guid,
          digest: '0'.repeat(64),
          pwdLastSetBefore: '0',
          // FILETIME of this moment.
          pwdLastSetAfter: String((BigInt(Date.now()) + 11_644_473_600_000n) * 10_000n),
          controller: 'dc1',
          state: 'verified',
        },
      });
      return reset;
    },
  };
}
