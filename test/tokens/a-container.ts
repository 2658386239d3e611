import { createCipheriv, createHmac, randomBytes } from 'node:crypto';

export interface Seeded {
  serial: string;
  secret: Buffer;
  kind?: 'hotp' | 'totp';
  suite?: string;
  digits?: number;
  period?: number;
  counter?: number;
}

export interface Sealing {
  key: Buffer;
  macKey: Buffer;
}

export const newSealing = (): Sealing => ({ key: randomBytes(32), macKey: randomBytes(32) });

const NAMESPACES =
  'xmlns="urn:ietf:params:xml:ns:keyprov:pskc" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"';

/** A key container as a supplier writes it: AES-256-CBC under a pre-shared key with a MAC each, or in the open. */
export function container(tokens: readonly Seeded[], sealing?: Sealing, inside = ''): string {
  const head = sealing
    ? `<EncryptionKey><ds:KeyName>Supplier 1</ds:KeyName></EncryptionKey>
<MACMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"><MACKey>${cipher(encrypted(sealing.key, sealing.macKey))}</MACKey></MACMethod>`
    : '';
  return `<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer Version="1.0" Id="container" ${NAMESPACES}>
${head}
${tokens.map((token) => keyPackage(token, sealing)).join('\n')}
${inside}</KeyContainer>
`;
}

function keyPackage(
  { serial, secret, kind = 'totp', suite = 'HMAC-SHA1', digits = 6, period = 30, counter = 0 }: Seeded,
  sealing?: Sealing,
) {
  const moving =
    kind === 'totp'
      ? `<Time><PlainValue>0</PlainValue></Time><TimeInterval><PlainValue>${period}</PlainValue></TimeInterval>`
      : `<Counter><PlainValue>${counter}</PlainValue></Counter>`;
  return `<KeyPackage><DeviceInfo><Manufacturer>oath.XX</Manufacturer><SerialNo>${serial}</SerialNo></DeviceInfo>
<Key Id="${serial}" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:${kind}"><Issuer>Supplier</Issuer>
<AlgorithmParameters><Suite>${suite}</Suite><ResponseFormat Length="${digits}" Encoding="DECIMAL"/></AlgorithmParameters>
<Data><Secret>${sealing ? sealed(secret, sealing) : `<PlainValue>${secret.toString('base64')}</PlainValue>`}</Secret>${moving}</Data></Key></KeyPackage>`;
}

function sealed(secret: Buffer, { key, macKey }: Sealing): string {
  const value = encrypted(key, secret);
  const mac = createHmac('sha256', macKey).update(value).digest('base64');
  return `<EncryptedValue>${cipher(value)}</EncryptedValue><ValueMAC>${mac}</ValueMAC>`;
}

function cipher(value: Buffer): string {
  return `<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/><xenc:CipherData><xenc:CipherValue>${value.toString('base64')}</xenc:CipherValue></xenc:CipherData>`;
}

function encrypted(key: Buffer, plain: Buffer): Buffer {
  const iv = randomBytes(16);
  const making = createCipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([iv, making.update(plain), making.final()]);
}
