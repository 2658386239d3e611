/** Crockford's base32: no I, L, O or U, so that nothing is misread over a telephone. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Six characters by which claimant and approver know that they speak of the same request, such as `K7Q-2XD`: both screens
 * show them, and a person who calls back asks for them. Thirty of the random bits of the reset's id (RFC 9562, version 7); not a
 * secret, and no way to the reference, which is other random bits.
 */
export function requestCode(reset: string): string {
  const bits = Number.parseInt(reset.slice(-8), 16) >>> 2;
  const characters = Array.from({ length: 6 }, (_, at) => ALPHABET[(bits >>> (25 - 5 * at)) & 31]);
  return `${characters.slice(0, 3).join('')}-${characters.slice(3).join('')}`;
}

/**
 * How the ids of the resets with this code end, eight hexadecimal digits each: the code leaves two bits open. Small letters,
 * a missing dash, and O, I and L for the digits that they look like, are read as people type them. Undefined for what is no
 * request code.
 */
export function endingsOfCode(typed: string): string[] | undefined {
  const characters = typed.trim().toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  const digits = Array.from(characters, (character) => ALPHABET.indexOf(character));
  if (digits.length !== 6 || digits.includes(-1)) return undefined;
  const bits = digits.reduce((read, digit) => read * 32 + digit, 0);
  return [0, 1, 2, 3].map((open) => (bits * 4 + open).toString(16).padStart(8, '0'));
}
