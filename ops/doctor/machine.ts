import { existsSync, statfsSync } from 'node:fs';
import { missingPackages } from '../setup/packages.ts';
import { isWanted, temporalBinary, temporalVersions } from '../setup/temporal-binary.ts';
import { usesOwnDirectory } from '../stack/run-file.ts';
import { root } from '../paths.ts';
import { bad, good } from './finding.ts';
import type { Finding } from './finding.ts';

export async function nodeVersion(): Promise<Finding> {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= 24
    ? good(`Node ${process.versions.node}`)
    : bad(`Node ${process.versions.node}, 24 is needed`, 'run it through npm run countersign -- doctor, which brings Node 24');
}

export async function packages(state: string): Promise<Finding> {
  if (usesOwnDirectory(state)) return good('Debian packages: none needed with your own directory');
  const missing = missingPackages(false);
  return missing.length === 0
    ? good('Debian packages of the demo')
    : bad(`Debian packages are missing: ${missing.join(', ')}`, `apt-get install --no-install-recommends ${missing.join(' ')}`);
}

export async function temporalBinaryVersion(state: string): Promise<Finding> {
  const binary = temporalBinary(state);
  if (!existsSync(binary)) return bad('the Temporal server is not in place', 'npm start brings it');
  const versions = await temporalVersions(binary);
  if (!(await isWanted(binary))) return bad(`${binary} is too old or does not run`, 'delete it and run npm start');
  return good(`Temporal command line ${versions?.cli}, server ${versions?.server}`);
}

/** A reset costs about 30 kB for good; two gigabytes are 60,000 resets and room for PostgreSQL's log of changes. */
export async function freeDisk(state: string): Promise<Finding> {
  const disk = statfsSync(existsSync(state) ? state : root);
  const gigabytes = (disk.bavail * disk.bsize) / 1e9;
  return gigabytes >= 2
    ? good(`${gigabytes.toFixed(1)} GB free on the disk of ${state}`)
    : bad(`only ${gigabytes.toFixed(1)} GB free on the disk of ${state}`, 'free 2 GB, or move COUNTERSIGN_STATE to a larger disk');
}
