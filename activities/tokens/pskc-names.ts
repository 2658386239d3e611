/** Namespaces of a key container (RFC 6030 §1.2). */
export const PSKC = 'urn:ietf:params:xml:ns:keyprov:pskc';
export const XENC = 'http://www.w3.org/2001/04/xmlenc#';
export const XENC11 = 'http://www.w3.org/2009/xmlenc11#';
export const XMLDSIG = 'http://www.w3.org/2000/09/xmldsig#';
