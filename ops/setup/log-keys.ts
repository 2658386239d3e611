import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateSigner, parseSigner, printSigner, type Signer } from '#evidence/signer-key.ts';
import { printTrustPolicy, type Group, type TrustPolicy, type Witness } from '#evidence/trust-policy.ts';
import { COSIGNATURE, printKeyId, printVerifierKey, SIGNATURE, type KeyType, type VerifierKey } from '#evidence/verifier-key.ts';
import { layout, witnessNames, type WitnessName } from '../paths.ts';
import { already, type Progress } from '../progress.ts';
import type { Identities } from './identities.ts';
import { keyFile } from './keys.ts';
import { ownedFile, ownedFileOnce, ownedFolder } from './owned-files.ts';
import { formerKeys, takeOver } from './rotated-keys.ts';

/** The name of the log in its checkpoints: a URL without a scheme (C2SP tlog-checkpoint). */
export const demoOrigin = 'log.countersign.test/evidence';

export const logKeyFile = (state: string): string => keyFile(state, 'notary', 'log.key');
export const witnessFile = (state: string, name: WitnessName, file: string): string => join(state, name, file);
/** What an auditor keeps: which log, which witnesses, which quorum. */
export const trustPolicyFile = (state: string): string => join(state, 'trust', 'policy.tlog');
/** Signs the manifests of bundles; whoever exports is the operator, so it lies with the operator's files. */
export const exportKeyFile = (state: string): string => join(state, 'trust', 'export.key');
export const exportVerifierKeyFile = (state: string): string => join(state, 'trust', 'export.vkey');
/** The verifier's public key, for auditors to keep beside the trust policy. */
export const verifierKeyCopy = (state: string): string => join(state, 'trust', 'verifier.pem');
export const tilesFolder = (state: string): string => join(state, 'tiles');

/** Who keeps a copy of its own and checks by that. */
export const trusting = ['notary', 'writer-staff', 'writer-privileged', 'api'] as const;

/**
 * Makes what is missing of the log: its key, a key for each witness of this machine, and the trust policy (two of three)
 * with a copy for everyone who judges by it. Keys once made are never made again: the log would be another one.
 */
export function makeLogKeys(
  state: string,
  identities: Identities,
  ports: Record<WitnessName, number>,
  progress: Progress,
): Promise<unknown> {
  return progress.step('keys of the evidence log and its witnesses', async () => {
    const isNew = !existsSync(logKeyFile(state));
    takeOver(logKeyFile(state), identities.notary);
    for (const name of witnessNames) takeOver(witnessFile(state, name, 'witness.key'), identities[name]);
    ownedFolder(layout(state).processFolder('notary'), identities.notary);
    const log = signerOnce(logKeyFile(state), demoOrigin, SIGNATURE, identities.notary);
    const witnesses = witnessNames.map((name) => {
      ownedFolder(join(state, name), identities[name]);
      const signer = signerOnce(witnessFile(state, name, 'witness.key'), `${name}.countersign.test`, COSIGNATURE, identities[name]);
      ownedFile(witnessFile(state, name, 'logs.vkeys'), `${printVerifierKey(log.verifier)}\n`, identities[name]);
      const settings = {
        process: 'witness',
        listen: { host: '127.0.0.1', port: ports[name] },
        keyFile: witnessFile(state, name, 'witness.key'),
        stateFile: witnessFile(state, name, 'seen.json'),
        logsFile: witnessFile(state, name, 'logs.vkeys'),
      };
      ownedFile(witnessFile(state, name, 'settings.json'), `${JSON.stringify(settings, null, 2)}\n`, identities[name]);
      const former = formerKeys(witnessFile(state, name, 'witness.key'));
      return { name, key: signer.verifier, url: `http://127.0.0.1:${ports[name]}/`, former };
    });
    const text = printTrustPolicy(policyOf([log.verifier, ...formerKeys(logKeyFile(state))], witnesses));
    ownedFolder(join(state, 'trust'), undefined, 0o755);
    ownedFile(trustPolicyFile(state), text, undefined, 0o644);
    const exporter = signerOnce(exportKeyFile(state), 'export.countersign.test', SIGNATURE, undefined);
    ownedFile(exportVerifierKeyFile(state), `${printVerifierKey(exporter.verifier)}\n`, undefined, 0o644);
    ownedFile(verifierKeyCopy(state), readFileSync(keyFile(state, 'api', 'verifier-signing.pub')), undefined, 0o644);
    for (const name of trusting) ownedFile(keyFile(state, name, 'trust.tlog'), text, identities[name]);
    // The notary writes, the API serves: the group of the folder is inherited by all that is made in it.
    ownedFolder(tilesFolder(state), { ...identities.notary, gid: identities.api.gid }, 0o2750);
    return isNew ? undefined : already;
  });
}

type DemoWitness = { name: string; key: VerifierKey; url: string; former: readonly VerifierKey[] };

/**
 * Two of three. The keys that somebody had before stay in it, or what was signed then could not be verified any more: those
 * of the log beside the one of now, those of a witness as one voice with its own.
 */
function policyOf(logs: readonly VerifierKey[], witnesses: readonly DemoWitness[]): TrustPolicy {
  const members: [string, Witness | Group][] = witnesses.flatMap(({ name, key, url, former }): [string, Witness | Group][] => {
    const now: [string, Witness] = [name, { kind: 'witness', key, url }];
    if (former.length === 0) return [now];
    const before = former.map((old): [string, Witness] => [`${name}-until-${printKeyId(old.id)}`, { kind: 'witness', key: old }]);
    return [now, ...before, [voiceOf(name), { kind: 'group', threshold: 1, of: [name, ...before.map(([each]) => each)] }]];
  });
  const voices = witnesses.map(({ name, former }) => (former.length === 0 ? name : voiceOf(name)));
  const quorum: [string, Group] = ['two-of-three', { kind: 'group', threshold: 2, of: voices }];
  return { logs: logs.map((key) => ({ key })), members: new Map([...members, quorum]), quorum: 'two-of-three' };
}

const voiceOf = (name: string): string => `${name}-any-time`;

function signerOnce(file: string, name: string, type: KeyType, owner: Identities['notary'] | undefined): Signer {
  ownedFileOnce(file, () => printSigner(generateSigner(name, type)), owner);
  return parseSigner(readFileSync(file, 'utf8'));
}
