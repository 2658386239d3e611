import { SaxesParser, type SaxesAttributeNS } from 'saxes';
import { MOST_FILE_BYTES } from '#domain/token.ts';
import { FileRefused } from './token-file.ts';

export interface XmlElement {
  ns: string;
  name: string;
  /** Those without a namespace. */
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

/** A key container is 9 elements deep, with a signature 8. */
const DEEPEST = 24;
/** Fifty for each of 20,000 tokens. */
const MOST_ELEMENTS = 1_000_000;

/**
 * The elements of an XML 1.0 document with namespaces. Whatever hostile XML needs is refused before it means anything: a
 * document type with its entities, processing instructions, depth, size. Comments are left out. Throws FileRefused.
 */
export function readXml(text: string): XmlElement {
  if (text.length > MOST_FILE_BYTES) throw new FileRefused('too-large');
  const parser = new SaxesParser({ xmlns: true });
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let count = 0;
  parser.on('error', () => {
    throw new FileRefused('not-xml');
  });
  for (const forbidden of ['doctype', 'processinginstruction'] as const)
    parser.on(forbidden, () => {
      throw new FileRefused('xml-forbidden');
    });
  parser.on('opentag', ({ uri, local, attributes }) => {
    count += 1;
    if (count > MOST_ELEMENTS) throw new FileRefused('too-large');
    if (open.length >= DEEPEST) throw new FileRefused('xml-too-deep');
    const element: XmlElement = { ns: uri, name: local, attributes: plainAttributes(attributes), children: [], text: '' };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('closetag', () => {
    open.pop();
  });
  const take = (said: string): void => {
    const inside = open.at(-1);
    if (inside) inside.text += said;
  };
  parser.on('text', take);
  parser.on('cdata', take);
  parser.write(text).close();
  if (!root) throw new FileRefused('not-xml');
  return root;
}

function plainAttributes(attributes: Record<string, SaxesAttributeNS>): Record<string, string> {
  // Without a prototype: an attribute may be named like something that every object has.
  const plain: Record<string, string> = Object.create(null);
  for (const name in attributes) {
    const { uri, local, value } = attributes[name] as SaxesAttributeNS; // by its own name
    if (uri === '') plain[local] = value;
  }
  return plain;
}

/** Something is missing or stands twice where it stands once. */
export class Misshapen extends Error {}

export function childrenOf(element: XmlElement | undefined, ns: string, name: string): XmlElement[] {
  return element?.children.filter((child) => child.ns === ns && child.name === name) ?? [];
}

/** The only child of that name, or undefined. Throws Misshapen when there are two: which of them counts is a matter of taste. */
export function childOf(element: XmlElement | undefined, ns: string, name: string): XmlElement | undefined {
  return only(childrenOf(element, ns, name));
}

/** The same in whatever namespace: parameters of PBKDF2 are written with and without one. */
export function childNamed(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return only(element?.children.filter((child) => child.name === name) ?? []);
}

function only(found: XmlElement[]): XmlElement | undefined {
  if (found.length > 1) throw new Misshapen();
  return found[0];
}

/** The bytes of a base64 text with any white space (RFC 4648 §4). Throws Misshapen. */
export function base64Of(element: XmlElement | undefined): Buffer {
  const text = element?.text.replace(/\s+/g, '') ?? '';
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) throw new Misshapen();
  return Buffer.from(text, 'base64');
}
