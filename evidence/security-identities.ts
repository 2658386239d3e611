import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate as AsnCertificate } from '@peculiar/asn1-x509';
import type { Certificate } from './certificate.ts';

// As Windows writes the types of names; any other type stands there as its object identifier.
const TYPES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'SERIALNUMBER',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'S',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'T',
  '2.5.4.42': 'G',
  '2.5.4.43': 'I',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'E',
};

/**
 * What altSecurityIdentities of an account holds when it maps this certificate to it strongly (MS-PKCA §3.1.5.2.1.3; Microsoft's KB5014754): by issuer and serial
 * number, the serial number's bytes in reverse, and by the subject key identifier. What names a person by a name that can be given to another
 * (issuer and subject, subject, mail address) is not among them. Compare without regard to case.
 */
export function securityIdentities(certificate: Certificate): { 'issuer-serial': string; 'key-id'?: string } {
  const { tbsCertificate } = AsnConvert.parse(certificate.der, AsnCertificate);
  const issuer = tbsCertificate.issuer.map((part) =>
    part.map(({ type, value }) => `${TYPES[type] ?? `OID.${type}`}=${quoted(value.toString())}`).join(' + '),
  );
  const serial = Buffer.from(certificate.serial.padStart(certificate.serial.length + (certificate.serial.length % 2), '0'), 'hex');
  return {
    'issuer-serial': `X509:<I>${issuer.join(',')}<SR>${Buffer.from(serial.toReversed()).toString('hex')}`,
    ...(certificate.subjectKeyId === undefined ? {} : { 'key-id': `X509:<SKI>${certificate.subjectKeyId}` }),
  };
}

/** As CertNameToStr quotes. */
function quoted(value: string): string {
  return value === '' || /^\s|\s$|[,+="\n<>#;]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
