import { XMLBuilder, XMLParser } from 'fast-xml-parser';

/** Elements that may come more than once, wherever they stand. */
const lists = new Set([
  'Upload',
  'Part',
  'Version',
  'DeleteMarker',
  'Contents',
  'CommonPrefixes',
  'Error',
  'Deleted',
]);

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  removeNSPrefix: true,
  isArray: (name, path) => lists.has(name) && String(path) !== name,
});

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: false });

/** An element: text, or elements by name. */
export type XmlElement = string | { [name: string]: XmlElement | XmlElement[] };

/** The root element of a document, and its name; `null` where it is none. */
export function parseXml(body: Buffer): { name: string; content: XmlElement } | null {
  try {
    const document = parser.parse(body.toString('utf8')) as Record<string, XmlElement>;
    const [root] = Object.entries(document);
    return root === undefined ? null : { name: root[0], content: root[1] };
  } catch {
    return null;
  }
}

/** The text of an element, or of one below it; empty where there is none. */
export function textOf(element: XmlElement | XmlElement[] | undefined, ...path: string[]): string {
  let found: XmlElement | XmlElement[] | undefined = element;
  for (const name of path) {
    if (found === undefined || typeof found === 'string' || Array.isArray(found)) return '';
    found = found[name];
  }
  return typeof found === 'string' ? found : '';
}

/** Elements of a name that may come many times. */
export function allOf(element: XmlElement, name: string): XmlElement[] {
  const found = typeof element === 'string' ? undefined : element[name];
  if (found === undefined) return [];
  return Array.isArray(found) ? found : [found];
}

/** A document in the name space of S3. */
export function writeXml(name: string, content: Record<string, unknown>): Buffer {
  const root = { [name]: { '@_xmlns': 'http://s3.amazonaws.com/doc/2006-03-01/', ...content } };
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${builder.build(root)}`);
}
