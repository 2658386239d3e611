import { sign } from 'node:crypto';
import { attestationCertificate, type Vouched } from './certificates.ts';

/** What a list of this test says of one model. */
export interface ListedModel {
  aaguid: string;
  roots?: readonly Uint8Array[];
  statuses?: readonly string[];
}

export interface ListFacts {
  number: number;
  nextUpdate?: string;
  models: readonly ListedModel[];
}

/** Whoever publishes lists in this test. */
export function aPublisher(expired = false): Promise<Vouched> {
  return attestationCertificate('http://127.0.0.1:1/', { expired });
}

export const pem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A list as FIDO Metadata Service v3.0 §3.1 writes it, signed as ES256; `header` and `payload` bend it before it is signed. */
export function fidoList(
  { der, key }: Pick<Vouched, 'der' | 'key'>,
  { number, nextUpdate = '2099-01-01', models }: ListFacts,
  bent: { header?: object; payload?: object } = {},
): string {
  const entries = models.map(({ aaguid, roots = [], statuses = ['FIDO_CERTIFIED_L1'] }) => ({
    aaguid,
    metadataStatement: {
      aaguid,
      description: 'Kiesel Key 1',
      protocolFamily: 'fido2',
      attestationTypes: ['basic_full'],
      attestationRootCertificates: roots.map((root) => Buffer.from(root).toString('base64')),
    },
    statusReports: statuses.map((status) => ({ status, effectiveDate: '2026-01-01' })),
    timeOfLastStatusChange: '2026-01-01',
  }));
  const header = part({ alg: 'ES256', typ: 'JWT', x5c: [der.toString('base64')], ...bent.header });
  const payload = part({ legalHeader: 'of a test', no: number, nextUpdate, entries, ...bent.payload });
  const signature = sign('sha256', Buffer.from(`${header}.${payload}`), { key, dsaEncoding: 'ieee-p1363' });
  return `${header}.${payload}.${signature.toString('base64url')}`;
}
