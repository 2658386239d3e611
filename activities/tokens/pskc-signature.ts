import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import { XMLDSIG } from './pskc-names.ts';
import { FileRefused } from './token-file.ts';
import { readXml, type XmlElement } from './xml-elements.ts';

const HASHES = ['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmlenc#sha512'];
const SIGNATURES = ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512'];
const FEWEST_BITS = 2048;

export function isSigned(element: XmlElement): boolean {
  return signaturesIn(element) > 0;
}

/**
 * What the named certificate has signed of a container (XML-DSig, enveloped, RFC 6030 §8): the elements as they come out
 * of the checked reference, never those of the file beside it. Keys that the file brings itself are not looked at. There
 * has to be one signature, on the outermost element, over the whole of it: a signed part that was moved into another file
 * is refused. Throws FileRefused.
 */
export function signedContainer(text: string, container: XmlElement, certificate: string): XmlElement {
  const key = keyOf(certificate);
  const own = container.children.filter(isSignature);
  if (own.length !== 1 || signaturesIn(container) !== 1) throw new FileRefused('signature-wrong');
  refuseWeak(own[0]);
  const reference = checkedReference(text, key);
  const signed = reference === undefined ? undefined : readXml(reference);
  const claimed = { ...container, children: container.children.filter((child) => !isSignature(child)) };
  if (!signed || JSON.stringify(bare(signed)) !== JSON.stringify(bare(claimed))) throw new FileRefused('signature-wrong');
  return signed;
}

function isSignature({ ns, name }: XmlElement): boolean {
  return ns === XMLDSIG && name === 'Signature';
}

function signaturesIn(element: XmlElement): number {
  return element.children.reduce((sum, child) => sum + signaturesIn(child), isSignature(element) ? 1 : 0);
}

function keyOf(certificate: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'pem' }));
  } catch {
    throw new FileRefused('signer-shape');
  }
  if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < FEWEST_BITS)
    throw new FileRefused('signer-shape');
  return key;
}

/** Every algorithm that the signature names has to be one of ours: the library would take SHA-1. */
function refuseWeak(signature: XmlElement | undefined): void {
  const named = (name: string) => descendants(signature, name).map((element) => element.attributes['Algorithm'] ?? '');
  const isTaken =
    named('SignatureMethod').every((one) => SIGNATURES.includes(one)) && named('DigestMethod').every((one) => HASHES.includes(one));
  if (!isTaken) throw new FileRefused('signature-weak');
}

function descendants(element: XmlElement | undefined, name: string): XmlElement[] {
  return (element?.children ?? []).flatMap((child) => [...(child.name === name ? [child] : []), ...descendants(child, name)]);
}

/** The canonical text of the only reference, when key and digest are right. */
function checkedReference(text: string, key: KeyObject): string | undefined {
  const signed = new SignedXml({ publicCert: key, getCertFromKeyInfo: () => null });
  try {
    const document = new DOMParser({ errorHandler: onXmlFault }).parseFromString(text, 'text/xml');
    const [node] = signed.findSignatures(document);
    if (!node) return undefined;
    signed.loadSignature(node);
    const references = signed.checkSignature(text) ? signed.getSignedReferences() : [];
    return references.length === 1 ? references[0] : undefined;
  } catch {
    return undefined;
  }
}

/** The library's own way is to print and go on. */
function onXmlFault(): never {
  throw new FileRefused('not-xml');
}

/** Without what canonical XML writes otherwise: white space between elements around a removed signature. */
function bare({ ns, name, attributes, children, text }: XmlElement): unknown[] {
  const sorted = Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [ns, name, sorted, children.length > 0 ? text.trim() : text, children.map(bare)];
}
