import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that this file belongs to. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The state folder: COUNTERSIGN_STATE, or var/ in the checkout. */
export function defaultState(): string {
  return resolve(process.env['COUNTERSIGN_STATE'] ?? join(root, 'var'));
}

export const processNames = ['notary', 'verifier', 'writer-staff', 'writer-privileged', 'worker', 'api'] as const;
export type ProcessName = (typeof processNames)[number];

/** Witnesses that run on this machine beside it; a bank has its own, elsewhere. They have no database and no directory. */
export const witnessNames = ['witness-audit', 'witness-soc', 'witness-second-site'] as const;
export type WitnessName = (typeof witnessNames)[number];

/** Asks browsers for the certificates of smart cards. It has no database and no directory either. */
export const cardListener = 'card-listener';

/** Where everything lies under one state folder. Only folders and names: nothing is read or made here. */
export function layout(state: string) {
  return {
    state,
    runFile: join(state, 'run.json'),
    pidsFile: join(state, 'pids.json'),
    log: (name: string) => join(state, 'log', `${name}.log`),
    caFile: join(state, 'ca', 'ca.pem'),
    caKeyFile: join(state, 'ca', 'ca.key'),
    postgres: join(state, 'postgres'),
    temporal: join(state, 'temporal'),
    directory: join(state, 'directory'),
    bin: join(state, 'bin'),
    /** Connection URLs of the roles that belong to no process: owner, superuser, auditor. Root's only. */
    database: join(state, 'database'),
    processFolder: (name: ProcessName) => join(state, name),
    settingsFile: (name: ProcessName) => join(state, name, 'settings.json'),
  };
}

export type Layout = ReturnType<typeof layout>;
